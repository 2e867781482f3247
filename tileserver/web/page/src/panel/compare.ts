// Up to four territories of the level, side by side: the figure of the map and the usual ones, with small bars.

import { loadFigures, loadPoints, type Subject } from "../api";
import { byId, make } from "../dom";
import { fieldsOf } from "../telling";
import { quantity } from "../text/format";
import { say, texts } from "../text/texts";
import type { Figure, Indicator } from "../types";
import type { World } from "../world";
import { profileOf, statusText } from "./describe";

interface Column {
  code: string;
  name: string;
  id: number;
}

export class Compare {
  private codes: string[] = [];
  private readonly box = byId("compare");

  /** `choose` is told the codes that are to be compared. */
  constructor(
    private readonly world: World,
    private readonly choose: (codes: string[]) => void,
  ) {
    byId("compare-close").addEventListener("click", () => choose([]));
  }

  hide(): void {
    this.box.hidden = true;
    document.body.classList.remove("comparing");
  }

  /** Show the territories of these codes. */
  async show(subject: Subject, codes: string[]): Promise<void> {
    this.codes = codes;
    if (!codes.length) return this.hide();
    const layer = this.world.territory(subject.level);
    const { features } = await loadPoints(layer);
    const columns = codes.flatMap((code): Column[] => {
      const found = features.find(({ properties }) => properties?.["code"] === code);
      return found ? [{ code, name: String(found.properties?.["name"] ?? code), id: Number(found.id) }] : [];
    });
    const subjects = fieldsOf(layer, subject.indicator, true).map(({ id }) =>
      id === subject.indicator ? subject : { level: subject.level, indicator: id, year: undefined },
    );
    const rows = await Promise.all(
      subjects.map(async (each) => this.row(this.world.indicator(each.indicator), await loadFigures(each), columns)),
    );
    byId("compared").replaceChildren(this.head(columns, subject.level), make("tbody", {}, ...rows));
    byId("compare-more").textContent = columns.length < 2 ? texts.compareMore : "";
    this.box.hidden = false;
    document.body.classList.add("comparing");
  }

  private head(columns: Column[], level: string): HTMLElement {
    const cells = columns.map(({ code, name }) => {
      const label = texts.takeAway(name);
      const button = make("button", { type: "button", className: "close", title: label, ariaLabel: label });
      button.textContent = "×";
      button.addEventListener("click", () => this.choose(this.codes.filter((other) => other !== code)));
      return make("th", { scope: "col" }, make("a", { href: profileOf(level, code), textContent: name }), button);
    });
    return make("thead", {}, make("tr", {}, make("td"), ...cells));
  }

  private row(indicator: Indicator, figures: Map<number, Figure>, columns: Column[]): HTMLElement {
    const told = columns.map(({ id }) => figures.get(id));
    const largest = Math.max(...told.map((figure) => Math.abs(figure?.value ?? 0)), 0);
    const cells = told.map((figure) => cell(indicator, figure, largest));
    return make("tr", {}, make("th", { scope: "row", textContent: say(indicator.title) }), ...cells);
  }
}

function cell(indicator: Indicator, figure: Figure | undefined, largest: number): HTMLElement {
  if (!figure || figure.value === null) {
    const text = figure?.status ? (texts.statuses as Record<string, string>)[figure.status] : undefined;
    return make("td", { className: "absent", textContent: text ?? texts.noData });
  }
  const bar = make("i", { className: "bar", ariaHidden: "true" });
  bar.style.setProperty("--share", String(largest ? Math.abs(figure.value) / largest : 0));
  const text = quantity(figure.value, indicator.precision, say(indicator.unit)) + statusText(figure.status, figure.known ?? 0);
  return make("td", {}, make("span", { textContent: text }), bar);
}
