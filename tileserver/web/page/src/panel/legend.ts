// The legend of the map, and where its figures come from.

import { byId, make } from "../dom";
import { drawPattern, inked, READ, VALUELESS } from "../map/patterns";
import { groundOf, type Theme } from "../map/theme";
import { number } from "../text/format";
import { say, texts } from "../text/texts";
import type { Circles, Indicator, Legend, Source, StatusEntry } from "../types";
import { periodText } from "./years";

/** Write the legend: colour, range and number of territories of each class, or circles; then what is not known. */
export function showLegend(legend: Legend, theme: Theme): void {
  byId("legend-title").textContent = say(legend.title);
  const year = legend.year ? `${periodText(legend.year)}` : "";
  byId("legend-unit").textContent = [say(legend.unit), year].filter(Boolean).join(" · ");
  const { circles } = legend;
  const rows = legend.classes.map((item) => row(plain(item.colour), say(item.label), item.count));
  const known = rows.length;
  if (circles) rows.push(...circleCounts(circles));
  const apart = legend.statuses.filter((entry) => !entry.everywhere);
  rows.push(...apart.map((entry) => statusRow(entry, legend, theme)));
  if (!apart.some((entry) => VALUELESS.includes(entry.status))) {
    const swatch = plain(theme.noData);
    rows.push(row(swatch, texts.noData, legend.no_data.count, "apart"));
  }
  byId("legend").replaceChildren(
    make("caption", { className: "unseen", textContent: texts.legendCaption }),
    make("tbody", { className: known ? "classes" : "" }, ...rows),
  );
  byId("legend-circles").replaceChildren(...(circles ? [drawCircles(circles)] : []));
  const everywhere = legend.statuses.filter((entry) => entry.everywhere);
  const note = byId("legend-note");
  note.hidden = !everywhere.length;
  note.textContent = everywhere.map((entry) => texts.everywhere(say(entry.label))).join(" ");
}

function plain(colour: string): HTMLElement {
  const swatch = make("i", { className: "swatch" });
  swatch.style.backgroundColor = colour;
  return swatch;
}

function row(swatch: HTMLElement, label: string, count: number, className = ""): HTMLTableRowElement {
  return make(
    "tr",
    { className },
    make("td", { className: "colour", ariaHidden: "true" }, swatch),
    make("th", { scope: "row", textContent: label }),
    make("td", { className: "count", textContent: number(count), title: `${number(count)} ${texts.territories}` }),
  );
}

/** Show a status by its hatching: over no data, or over the colours of the map. */
function statusRow({ status, label, count, pattern }: StatusEntry, legend: Legend, theme: Theme): HTMLTableRowElement {
  const swatch = plain(pattern.ground === null ? groundOf(legend, theme) : theme.noData);
  const ratio = Math.max(1, Math.round(devicePixelRatio));
  const image = drawPattern(inked(pattern, legend, theme), theme, ratio);
  const canvas = make("canvas", { width: 26 * ratio, height: 16 * ratio });
  const context = canvas.getContext("2d", READ);
  const tile = make("canvas", { width: image.width, height: image.height });
  tile.getContext("2d", READ)?.putImageData(image, 0, 0);
  const fill = context?.createPattern(tile, "repeat");
  if (context && fill) {
    context.fillStyle = fill;
    context.fillRect(0, 0, canvas.width, canvas.height);
  }
  swatch.append(canvas);
  const made = row(swatch, say(label), count, "apart");
  made.dataset["status"] = status;
  return made;
}

function circleCounts({ positive, zero, negative, colour, outline }: Circles): HTMLTableRowElement[] {
  const disc = (filled: boolean) => {
    const mark = make("i", { className: "disc" });
    mark.style.setProperty("--radius", "6px");
    mark.style.setProperty("--colour", filled ? colour : "transparent");
    mark.style.border = `1.5px solid ${outline.colour}`;
    return mark;
  };
  const rows = [row(disc(true), texts.withValue, positive)];
  if (negative) rows.push(row(disc(false), texts.negative, negative));
  if (zero) rows.push(row(plain("transparent"), texts.zero, zero));
  return rows;
}

const SVG = "http://www.w3.org/2000/svg";
const LINE = 18;

/** Draw the circles of the legend one in the other, as on the map where they begin to grow. */
function drawCircles({ legend, colour, opacity }: Circles): SVGSVGElement {
  const largest = Math.max(1, ...legend.map(({ radius }) => radius));
  const height = Math.max(2 * largest + 8, legend.length * LINE + 2);
  const cx = largest + 2;
  const make = (name: string, attributes: Record<string, string | number>) => {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
    return element;
  };
  const told = texts.sizes(legend.map(({ label }) => say(label)).join(", "));
  const svg = make("svg", { width: 2 * largest + 160, height, role: "img", "aria-label": told }) as SVGSVGElement;
  // Labels keep their distance: evenly, from the top of the largest circle down to the floor.
  const floor = height - 2;
  legend.forEach(({ radius, label }, place) => {
    const top = floor - 2 * radius;
    const y = Math.max(LINE * place + LINE / 2 + 1, floor - LINE * (legend.length - place) + LINE / 2);
    svg.append(
      make("circle", { cx, cy: floor - radius, r: radius, fill: colour, "fill-opacity": opacity / 2, class: "ring" }),
      make("path", { d: `M${cx} ${top}L${2 * largest + 14} ${y}h6`, class: "lead" }),
    );
    const text = make("text", { x: 2 * largest + 24, y: y + 4.5 });
    text.textContent = say(label);
    svg.append(text);
  });
  return svg;
}

/** Write what the indicator is, and of when. */
export function showDefinition(indicator: Indicator): void {
  byId("definition").textContent = `${say(indicator.definition)} ${texts.data} ${indicator.date}.`;
}

/** Say that a filter dims some territories, and let it be taken away. */
export function showFilter(filter: string | undefined, count: number | undefined, clear: () => void): void {
  const box = byId("filtered");
  box.hidden = !filter;
  if (!filter) return box.replaceChildren();
  const button = make("button", { type: "button", className: "link", textContent: texts.clearFilter });
  button.addEventListener("click", clear);
  box.replaceChildren(make("span", { textContent: texts.filtered(number(count ?? 0)) }), make("code", { textContent: filter }), button);
}

/** Write the sources of what is shown: who, in the corner of the map; all of it, in the panel. */
export function showSources(sources: Source[], basemap: string | undefined): void {
  byId("credits").textContent = creditsOf(sources, basemap);
  measureCredits();
  byId("sources").replaceChildren(
    ...sources.map((source) => {
      const name = /^https?:/.test(source.url)
        ? make("a", { href: source.url, rel: "noopener", target: "_blank", textContent: say(source.title) })
        : make("span", { textContent: say(source.title) });
      const note = source.note ? ` ${say(source.note)}` : "";
      const rest = ` – ${[source.producer, source.date, source.licence].filter(Boolean).join(", ")}.${note}`;
      return make("li", {}, name, rest);
    }),
  );
}

/** Tell the style sheet how high the sources are, which the scale stands on: at once, so that it never moves. */
function measureCredits(): void {
  document.documentElement.style.setProperty("--credits", `${byId("credits").offsetHeight}px`);
}

addEventListener("resize", measureCredits);

/** Name producers and licences, and whose basemap lies below. */
export function creditsOf(sources: Source[], basemap: string | undefined): string {
  const producers = [...new Set(sources.map((source) => source.producer))].join(" · ");
  const licences = [...new Set(sources.map((source) => source.licence))].join(", ");
  const below = basemap ? ` · ${texts.basemap} ${basemap}` : "";
  return `${texts.data} ${producers} (${licences})${below}`;
}
