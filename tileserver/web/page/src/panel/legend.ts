// The legend of the map, and where its figures come from.

import { byId, make } from "../dom";
import { number } from "../text/format";
import { say, texts } from "../text/texts";
import type { Indicator, Legend, Source } from "../types";

/** Write the legend of the class map: colour, range, number of territories. */
export function showLegend(legend: Legend): void {
  byId("legend-title").textContent = say(legend.title);
  byId("legend-unit").textContent = say(legend.unit);
  const rows = legend.classes.map((item) => legendRow(item.colour, say(item.label), item.count));
  const absent = legendRow(legend.no_data.colour, texts.noData, legend.no_data.count);
  absent.classList.add("no-data");
  byId("legend").replaceChildren(make("tbody", {}, ...rows, absent));
}

function legendRow(colour: string, label: string, count: number): HTMLTableRowElement {
  const swatch = make("i", { className: "swatch" });
  swatch.style.backgroundColor = colour;
  return make(
    "tr",
    {},
    make("td", { className: "colour", ariaHidden: "true" }, swatch),
    make("th", { scope: "row", textContent: label }),
    make("td", { className: "count", textContent: number(count), title: `${number(count)} ${texts.territories}` }),
  );
}

/** Write what the indicator is, and of when. */
export function showDefinition(indicator: Indicator): void {
  byId("definition").textContent = `${say(indicator.definition)} ${texts.data} ${indicator.date}.`;
}

/** Write the sources of what is shown: who, in the corner of the map; all of it, in the panel. */
export function showSources(sources: Source[]): void {
  const producers = [...new Set(sources.map((source) => source.producer))].join(" · ");
  const licences = [...new Set(sources.map((source) => source.licence))].join(", ");
  byId("credits").textContent = `${texts.data} ${producers} (${licences})`;
  byId("sources").replaceChildren(
    ...sources.map((source) => {
      const name = /^https?:/.test(source.url)
        ? make("a", { href: source.url, rel: "noopener", target: "_blank", textContent: say(source.title) })
        : make("span", { textContent: say(source.title) });
      const rest = ` – ${[source.producer, source.date, source.licence].filter(Boolean).join(", ")}`;
      return make("li", {}, name, rest);
    }),
  );
}
