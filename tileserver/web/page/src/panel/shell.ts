// The panel as a whole: it folds, links to the other language, and says what is amiss.

import { byId } from "../dom";
import { language, texts } from "../text/texts";

export const NARROW = matchMedia("(max-width: 720px)");

/** Say over the map why layers are not seen yet; no names hide it. */
export function showHint(names: string[]): void {
  sayOver(names.length ? texts.zoomTo(names) : "");
}

/** Say over the map that it is a picture, and stays one. */
export function showMotionless(): void {
  sayOver(texts.motionless);
}

/** Say that something failed, and why where the server has said it. */
export function showFailure(why = ""): void {
  sayOver(why ? `${texts.failed} ${why}` : texts.failed);
}

function sayOver(text: string): void {
  const hint = byId("hint");
  hint.hidden = !text;
  hint.textContent = text;
}

/** Make the panel fold. */
export function prepareFolding(): void {
  const button = byId("fold");
  const set = (open: boolean) => {
    button.setAttribute("aria-expanded", String(open));
    button.firstElementChild?.replaceChildren(open ? texts.fold : texts.unfold);
    byId("panel").classList.toggle("folded", !open);
  };
  button.addEventListener("click", () => set(button.getAttribute("aria-expanded") !== "true"));
  set(!NARROW.matches);
}

/** Link to the other language, with the state of now. */
export function aimLanguage(): void {
  const link = byId<HTMLAnchorElement>("language");
  const other = language === "en" ? "fr" : "en";
  const url = new URL(location.href);
  url.searchParams.set("lang", other);
  url.search = url.search.replaceAll("%2C", ",").replaceAll("%2F", "/");
  Object.assign(link, { textContent: texts.other, hreflang: other, lang: other, href: url.href });
}

/** Pixels above a folded panel: the sources in several lines. */
const CREDITS = 66;

export interface Room {
  top: number;
  right: number;
  bottom: number;
  left: number;
}

/** Keep the view clear of the panel, and of what lies beside it. styles/map.css lays the first picture there too. */
export function roomAround(): Room {
  const box = byId("panel").getBoundingClientRect();
  const bare = { top: 20, right: 20, bottom: 46, left: 20 };
  if (!box.width) return bare;
  if (document.body.classList.contains("embed")) return roomiest({ ...bare, left: box.right + 20 }, { ...bare, top: box.bottom + 10 });
  if (NARROW.matches) return { ...bare, bottom: Math.min(box.height, innerHeight / 2) + CREDITS };
  const beside = byId("insets").getBoundingClientRect();
  return { top: 30, right: 60, bottom: 40, left: Math.max(box.right + 30, beside.right + 24) };
}

/** Choose where a square map can be largest. */
function roomiest(...rooms: [Room, ...Room[]]): Room {
  const side = ({ top, right, bottom, left }: Room) => Math.min(innerWidth - left - right, innerHeight - top - bottom);
  return rooms.reduce((best, room) => (side(room) > side(best) ? room : best));
}
