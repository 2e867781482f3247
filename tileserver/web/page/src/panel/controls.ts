// Small controls of the panel: levels, and places to go to.

import { byId, make } from "../dom";
import { say, texts, word } from "../text/texts";
import type { View } from "../types";

/** Fill the list of levels; `choose` is told the one that was chosen. */
export function showLevels(levels: string[], choose: (level: string) => void): void {
  byId("levels").replaceChildren(
    ...levels.map((level) => {
      const input = make("input", { type: "radio", name: "level", value: level });
      input.addEventListener("change", () => choose(level));
      return make("label", {}, input, make("span", { textContent: word(texts.levels, level, level) }));
    }),
  );
}

/** Check the level that is shown. */
export function checkLevel(level: string): void {
  for (const input of byId("levels").querySelectorAll("input")) input.checked = input.value === level;
}

/** Fill the list of places to go to. */
export function showViews(views: View[], go: (view: View) => void): void {
  byId("views").replaceChildren(
    ...views.map((view) => {
      const button = make("button", { type: "button", textContent: say(view.name) });
      button.addEventListener("click", () => go(view));
      return make("li", {}, button);
    }),
  );
}
