// The panel as a whole: it folds, links to the other language, and says what is amiss.

import { byId } from "../dom";
import { language, texts } from "../text/texts";
import { NARROW } from "./room";

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
