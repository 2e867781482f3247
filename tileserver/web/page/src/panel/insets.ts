// What lies overseas, in boxes beside the mainland: pictures of the same map, drawn by the server; a click goes there.

import { viewPicture, type Subject } from "../api";
import { byId, make } from "../dom";
import type { Look } from "../state";
import { say } from "../text/texts";
import type { View } from "../types";

/** CSS pixels of a picture; styles/map.css has the same. */
const SIZE = [92, 68] as const;

/** A slider that is dragged asks for the pictures of where it comes to rest. */
const REST_MS = 200;

export interface Pictured extends Subject, Look {
  filter: string | undefined;
  theme: string;
}

export class Insets {
  private readonly box = byId("insets");
  private readonly images: HTMLImageElement[];
  private waiting = 0;
  private begun = false;
  private wanted: Pictured | undefined;

  /** `views`: the mainland, then the others; `go` is told the one that was chosen. */
  constructor(views: View[], go: (view: View) => void) {
    const others = views.slice(1);
    this.images = others.map(() => make("img", { alt: "", width: SIZE[0], height: SIZE[1] }));
    this.box.replaceChildren(
      ...others.map((view, place) => {
        const button = make("button", { type: "button" }, this.images[place]!, make("span", { textContent: say(view.name) }));
        button.addEventListener("click", () => go(view));
        return button;
      }),
    );
    this.box.hidden = !others.length;
  }

  /** Begin to ask for pictures: the map itself comes first. */
  begin(): void {
    this.begun = true;
    this.draw();
  }

  /** Show figures, as soon as no others have been asked for. */
  show(pictured: Pictured): void {
    this.wanted = pictured;
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.draw(), REST_MS);
  }

  private draw(): void {
    // On a narrow screen there is no room for them, and nothing is fetched.
    if (!this.begun || !this.wanted || !this.box.checkVisibility({ visibilityProperty: true })) return;
    const pictured = this.wanted;
    this.wanted = undefined;
    const ratio = Math.min(2, Math.ceil(devicePixelRatio));
    this.images.forEach((image, place) => {
      const url = viewPicture(place + 1, SIZE[0] * ratio, SIZE[1] * ratio, pictured);
      if (image.src !== url) image.src = url;
    });
  }

  /** Show the boxes, or not: nearer by than the whole of the mainland, nothing lies beside it. Their place stays. */
  follow(whole: boolean): void {
    this.box.classList.toggle("away", !whole);
    this.draw();
  }
}
