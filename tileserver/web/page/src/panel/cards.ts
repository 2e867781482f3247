// The card of what was clicked, in the panel, and the small one beside the pointer.

import type { LngLat, Point } from "maplibre-gl";

import { byId, make } from "../dom";
import { language, texts } from "../text/texts";
import type { Description, Row } from "./describe";

const HOVER_ROWS = 3;

/** Where links of a frame lead: in place of a page of ours, beside a page of another site; no frame shows a profile. */
const FRAMED = window.parent === window ? "" : sameSite() ? "_top" : "_blank";

function sameSite(): boolean {
  try {
    return window.parent.location.origin === location.origin;
  } catch {
    return false;
  }
}

/** Show the hover card beside the pointer, its rows with or without titles. */
export function showHover(description: Description, titled: boolean, point: Point): void {
  const card = byId("hover");
  card.hidden = false;
  card.replaceChildren(
    make("strong", { textContent: description.name }),
    make("span", { className: "quiet", textContent: description.kind }),
    ...description.rows.slice(0, HOVER_ROWS).flatMap((item) => {
      const value = make("span", { className: item.absent ? "absent" : "value" }, rowText(item, titled));
      return item.note ? [value, make("span", { className: "quiet", textContent: item.note })] : [value];
    }),
  );
  const right = point.x + card.offsetWidth + 28 > innerWidth;
  const x = Math.max(4, right ? point.x - card.offsetWidth - 14 : point.x + 14);
  const y = Math.min(point.y + 14, innerHeight - card.offsetHeight - 8);
  card.style.transform = `translate(${x}px, ${y}px)`;
}

/** Hide the hover card. */
export function hideHover(): void {
  byId("hover").hidden = true;
}

const rowText = (item: Row, titled: boolean) => (titled ? `${item.title}\u00a0: ${item.text}` : item.text);

/** What a card offers; what is undefined is not offered. */
export interface Actions {
  place: LngLat | undefined;
  close: () => void;
  compare: (() => void) | undefined;
  /** Whether no more can be compared. */
  full: boolean;
  zoom: (() => void) | undefined;
}

/** Show the card of what was clicked. */
export function showCard(description: Description, actions: Actions): void {
  const card = byId("card");
  card.hidden = false;
  const close = make("button", { type: "button", className: "close", title: texts.close, ariaLabel: texts.close });
  close.textContent = "×";
  close.addEventListener("click", actions.close);
  const list = make("dl");
  for (const item of description.rows) {
    const value = make("dd", { textContent: item.text, className: item.absent ? "absent" : "" });
    if (item.note) value.append(make("small", { className: "quiet", textContent: item.note }));
    list.append(make("div", {}, make("dt", { textContent: item.title }), value));
  }
  const code = description.code ? ` · ${texts.code} ${description.code}` : "";
  card.replaceChildren(
    close,
    make("h2", { textContent: description.name }),
    make("p", { className: "quiet", textContent: description.kind + code }),
    ...(description.rows.length ? [list] : []),
    make("p", { className: "more" }, ...links(description.profile, actions)),
  );
}

/** Hide the card. */
export function hideCard(): void {
  const card = byId("card");
  card.hidden = true;
  card.replaceChildren();
}

/** Link to the profile of a territory, to its comparison, and to what else there is where one clicked. */
function links(profile: string | undefined, { place, compare, zoom }: Actions): HTMLElement[] {
  const target = FRAMED;
  const found: HTMLElement[] = profile ? [make("a", { href: profile, target, textContent: texts.profile })] : [];
  if (compare) found.push(action(texts.compare, compare));
  if (zoom) found.push(action(texts.zoomIn, zoom));
  if (!place) return found;
  const { lng, lat } = place.wrap();
  const query = new URLSearchParams({ lon: lng.toFixed(6), lat: lat.toFixed(6) });
  if (language === "en") query.set("lang", "en");
  return [...found, make("a", { href: `at?${query}`, target, textContent: texts.at })];
}

function action(text: string, act: () => void): HTMLButtonElement {
  const button = make("button", { type: "button", className: "link", textContent: text });
  button.addEventListener("click", act);
  return button;
}
