// The card of what was clicked, in the panel, and the small one beside the pointer.

import type { LngLat, Point } from "maplibre-gl";

import { byId, make } from "../dom";
import { language, texts } from "../text/texts";
import type { Description, Row } from "./describe";

const HOVER_ROWS = 3;

/** Show the hover card beside the pointer, its rows with or without titles. */
export function showHover(description: Description, titled: boolean, point: Point): void {
  const card = byId("hover");
  card.hidden = false;
  card.replaceChildren(
    make("strong", { textContent: description.name }),
    make("span", { className: "quiet", textContent: description.kind }),
    ...description.rows
      .slice(0, HOVER_ROWS)
      .map((item) => make("span", { className: item.absent ? "absent" : "value" }, rowText(item, titled))),
  );
  const right = point.x + card.offsetWidth + 28 > innerWidth;
  const x = right ? point.x - card.offsetWidth - 14 : point.x + 14;
  const y = Math.min(point.y + 14, innerHeight - card.offsetHeight - 8);
  card.style.transform = `translate(${x}px, ${y}px)`;
}

/** Hide the hover card. */
export function hideHover(): void {
  byId("hover").hidden = true;
}

const rowText = (item: Row, titled: boolean) => (titled ? `${item.title}\u00a0: ${item.text}` : item.text);

/** Show the card of what was clicked; `close` is called by its button. */
export function showCard(description: Description, close: () => void, place: LngLat | undefined): void {
  const card = byId("card");
  card.hidden = false;
  const button = make("button", { type: "button", className: "close", title: texts.close, ariaLabel: texts.close });
  button.textContent = "×";
  button.addEventListener("click", close);
  const list = make("dl");
  for (const item of description.rows) {
    const className = item.absent ? "absent" : "";
    list.append(
      make("div", {}, make("dt", { textContent: item.title }), make("dd", { textContent: item.text, className })),
    );
  }
  const code = description.code ? ` · ${texts.code} ${description.code}` : "";
  card.replaceChildren(
    button,
    make("h2", { textContent: description.name }),
    make("p", { className: "quiet", textContent: description.kind + code }),
    list,
    make("p", { className: "more" }, ...links(description.profile, place)),
  );
}

/** Hide the card. */
export function hideCard(): void {
  const card = byId("card");
  card.hidden = true;
  card.replaceChildren();
}

/** Link to the profile of a territory, and to what else there is at the place that was clicked. */
function links(profile: string | undefined, place: LngLat | undefined): HTMLElement[] {
  const found = profile ? [make("a", { href: profile, textContent: texts.profile })] : [];
  if (!place) return found;
  const { lng, lat } = place.wrap();
  const query = new URLSearchParams({ lon: lng.toFixed(6), lat: lat.toFixed(6) });
  if (language === "en") query.set("lang", "en");
  return [...found, make("a", { href: `at?${query}`, textContent: texts.at })];
}
