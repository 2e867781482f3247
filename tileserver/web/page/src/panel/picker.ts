// The choice of an indicator: a list by theme that is searched by writing.

import { byId } from "../dom";
import { fold, matches } from "../text/fold";
import { say, texts, word } from "../text/texts";
import type { Indicator } from "../types";
import { Combobox, type Choice } from "./combobox";

interface Entry extends Choice {
  folded: string;
}

export class Picker {
  private entries: Entry[] = [];
  private current = "";
  private readonly combobox: Combobox;

  /** `choose` is told what is chosen, `consider` what may be next. */
  constructor(choose: (id: string) => void, consider: (id: string) => void) {
    this.combobox = new Combobox({
      input: byId<HTMLInputElement>("indicator"),
      list: byId("indicators"),
      status: byId("announced"),
      find: (text) => (text ? this.entries.filter((entry) => matches(entry.folded, text)) : this.entries),
      choose: (choice) => choose(choice.id),
      consider: (choice) => consider(choice.id),
      resting: () => this.entries.find((entry) => entry.id === this.current)?.label ?? "",
      browse: true,
    });
  }

  /** List the indicators of a level, and which is shown. */
  show(indicators: Indicator[], current: string): void {
    const themes = [...new Set(indicators.map((item) => item.theme))];
    this.entries = themes.flatMap((theme) => indicators.filter((item) => item.theme === theme)).map(entry);
    this.current = current;
    this.combobox.rest();
  }
}

function entry(item: Indicator): Entry {
  const group = word(texts.themes, item.theme, item.theme);
  const label = say(item.title);
  return { id: item.id, label, group, folded: fold(`${label} ${group} ${say(item.unit)} ${say(item.definition)}`) };
}
