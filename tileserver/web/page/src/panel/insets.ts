// What lies overseas, in boxes beside the mainland: pictures of the same map, drawn by the server; a click goes there.

import { viewPicture, type Subject } from "../api";
import { byId, make } from "../dom";
import type { Look } from "../state";
import { say } from "../text/texts";
import type { View } from "../types";
import { layFrame } from "./room";

/** The server draws no picture with a shorter side. */
const SHORTEST = 64;

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
    this.images = others.map(() => make("img", { alt: "" }));
    this.box.replaceChildren(
      ...others.map((view, place) => {
        const button = make("button", { type: "button" }, this.images[place]!, make("span", { textContent: say(view.name) }));
        button.addEventListener("click", () => go(view));
        return button;
      }),
    );
    this.box.hidden = !others.length;
    if (!document.body.classList.contains("embed")) return;
    // What lies around them changes with what the legend says, a card, the window.
    const observer = new ResizeObserver(() => this.arrange());
    for (const id of ["panel", "credits", "hint", "map"]) observer.observe(byId(id));
  }

  /** Lay the boxes of a frame where there is room. */
  private arrange(): void {
    const { place, columns, floor } = layFrame();
    if (place) this.box.dataset["place"] = place;
    else delete this.box.dataset["place"];
    this.box.style.setProperty("--columns", String(columns));
    this.box.style.setProperty("--floor", `${floor}px`);
    this.draw();
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
    // On a narrow screen, in a small frame there is no room for them, and nothing is fetched.
    if (!this.begun || !this.wanted || !this.box.checkVisibility({ visibilityProperty: true })) return;
    const pictured = this.wanted;
    this.wanted = undefined;
    this.images.forEach((image, place) => {
      const { clientWidth: width, clientHeight: height } = image;
      const ratio = height < SHORTEST ? 2 : Math.min(2, Math.ceil(devicePixelRatio));
      const url = viewPicture(place + 1, width * ratio, height * ratio, pictured);
      if (image.src !== url) image.src = url;
    });
  }

  /** Show the boxes, or not: nearer by than the whole of the mainland, nothing lies beside it. Their place stays. */
  follow(whole: boolean): void {
    this.box.classList.toggle("away", !whole);
    this.draw();
  }
}
