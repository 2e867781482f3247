// The years of an indicator: a slider, with the places where its series begins anew.

import { byId, make } from "../dom";
import { texts } from "../text/texts";
import type { Indicator } from "../types";

/** Write a period as people say it: 2023, or 3rd quarter of 2023. */
export function periodText(period: string): string {
  const [, year, quarter] = /^(\d{4})-T(\d)$/.exec(period) ?? [];
  return year && quarter ? texts.quarter(quarter, year) : period;
}

export class Years {
  private periods: string[] = [];
  private readonly input = byId<HTMLInputElement>("year");

  /** `choose` is told the period, and whether the slider is still being dragged. */
  constructor(choose: (year: string, dragging: boolean) => void) {
    let dragging = false;
    const tell = () => {
      const period = this.periods[this.input.valueAsNumber];
      if (period === undefined) return;
      this.say(period);
      choose(period, dragging);
    };
    this.input.addEventListener("input", () => {
      tell();
      dragging = true;
    });
    this.input.addEventListener("change", () => (dragging = false));
  }

  /** Show the periods of an indicator; one alone needs no slider. */
  show({ periods, breaks }: Indicator, year: string | undefined): void {
    byId("years").hidden = periods.length < 2;
    this.periods = periods;
    if (periods.length < 2) return;
    const chosen = year ?? periods.at(-1) ?? "";
    this.input.max = String(periods.length - 1);
    this.input.valueAsNumber = periods.indexOf(chosen);
    this.say(chosen);
    byId("first-year").textContent = periods[0] ?? "";
    byId("last-year").textContent = periods.at(-1) ?? "";
    this.mark(breaks.filter((each) => periods.includes(each)));
  }

  private say(period: string): void {
    const said = periodText(period);
    this.input.setAttribute("aria-valuetext", said);
    byId("year-said").textContent = said;
  }

  /** Mark where a break parts two years: half way between them. */
  private mark(breaks: string[]): void {
    const last = this.periods.length - 1;
    byId("year-breaks").replaceChildren(
      ...breaks.map((each) => {
        const mark = make("i", { className: "break" });
        mark.style.setProperty("--at", String((this.periods.indexOf(each) - 0.5) / last));
        return mark;
      }),
    );
    const told = byId("break-told");
    told.hidden = !breaks.length;
    told.textContent = breaks.length ? texts.breaks(breaks.map(periodText)) : "";
  }
}
