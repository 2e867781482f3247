// The list of indicators, by theme.

import { byId, make } from "../dom";
import { say, texts, word } from "../text/texts";
import type { Indicator } from "../types";

/** Fill the list of indicators, by theme. */
export function showIndicators(indicators: Indicator[], current: string, choose: (id: string) => void): void {
  const select = byId<HTMLSelectElement>("indicator");
  const themes = new Map<string, Indicator[]>();
  for (const item of indicators) themes.set(item.theme, [...(themes.get(item.theme) ?? []), item]);
  select.replaceChildren(
    ...[...themes].map(([theme, items]) => {
      const options = items.map((item) => make("option", { value: item.id, textContent: say(item.title) }));
      return make("optgroup", { label: word(texts.themes, theme, theme) }, ...options);
    }),
  );
  select.value = current;
  select.onchange = () => choose(select.value);
}
