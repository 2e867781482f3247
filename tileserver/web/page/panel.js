// The side panel: controls, legend, card, sources. It writes the document and reports what was chosen.

import { number, quantity } from "./format.js";
import { pointLook } from "./layers.js";
import { language, say, texts } from "./texts.js";

const HOVER_ROWS = 3;

const byId = (id) => document.getElementById(id);

/** Make an element with properties and children. */
function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/** Fill the list of levels; `choose` is told the one that was chosen. */
export function showLevels(levels, current, choose) {
  byId("levels").replaceChildren(
    ...levels.map((level) => {
      const input = make("input", { type: "radio", name: "level", value: level, checked: level === current });
      input.addEventListener("change", () => choose(level));
      return make("label", {}, input, make("span", { textContent: texts.levels[level] ?? level }));
    }),
  );
}

/** Fill the list of indicators, by theme. */
export function showIndicators(indicators, current, choose) {
  const select = byId("indicator");
  const themes = Map.groupBy ? Map.groupBy(indicators, (item) => item.theme) : byTheme(indicators);
  select.replaceChildren(
    ...[...themes].map(([theme, items]) => {
      const options = items.map((item) => make("option", { value: item.id, textContent: say(item.title) }));
      return make("optgroup", { label: texts.themes[theme] ?? theme }, ...options);
    }),
  );
  select.value = current;
  select.onchange = () => choose(select.value);
}

function byTheme(indicators) {
  const themes = new Map();
  for (const item of indicators) themes.set(item.theme, [...(themes.get(item.theme) ?? []), item]);
  return themes;
}

/** Fill the list of layers of points, each with its own small legend. */
export function showOverlays(overlays, shown, toggle) {
  byId("overlays").replaceChildren(
    ...overlays.map((overlay) => {
      const input = make("input", { type: "checkbox", checked: shown.has(overlay.id) });
      input.addEventListener("change", () => toggle(overlay.id, input.checked));
      const look = pointLook(overlay.id);
      const mark = make("span", { className: `mark ${look.shape}`, ariaHidden: "true" });
      mark.style.setProperty("--colour", look.colour);
      const count = make("span", { className: "quiet count", textContent: number(overlay.count) });
      const name = make("span", { textContent: say(overlay.title) });
      const sizes = look.area ? [sizeLegend(look)] : [];
      return make("div", { className: "overlay" }, make("label", {}, input, mark, name, count), ...sizes);
    }),
  );
}

/** Show what the sizes of discs mean. The radii are those of layers.js at zoom 11. */
function sizeLegend(look) {
  const sizes = [[1, 4.5], [25, 8.6], [100, 16]];
  const discs = sizes.map(([hectares, radius]) => {
    const disc = make("i", { className: "disc", ariaHidden: "true" });
    disc.style.setProperty("--colour", look.colour);
    disc.style.setProperty("--radius", `${radius}px`);
    return make("span", {}, disc, `${hectares}\u00a0ha`);
  });
  return make("p", { className: "sizes quiet" }, ...discs);
}

/** Fill the list of places to go to. */
export function showViews(views, go) {
  byId("views").replaceChildren(
    ...views.map((view) => {
      const button = make("button", { type: "button", textContent: say(view.name) });
      button.addEventListener("click", () => go(view));
      return make("li", {}, button);
    }),
  );
}

/** Write the legend of the class map: colour, range, number of territories. */
export function showLegend(legend) {
  byId("legend-title").textContent = say(legend.title);
  byId("legend-unit").textContent = say(legend.unit);
  const rows = legend.classes.map((item) => legendRow(item.colour, say(item.label), item.count));
  rows.push(legendRow(legend.no_data.colour, texts.noData, legend.no_data.count));
  rows.at(-1).classList.add("no-data");
  byId("legend").replaceChildren(make("tbody", {}, ...rows));
}

function legendRow(colour, label, count) {
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
export function showDefinition(indicator) {
  byId("definition").textContent = `${say(indicator.definition)} ${texts.data} ${indicator.date}.`;
}

/** Write the sources of what is shown: who, in the corner of the map; all of it, in the panel. */
export function showSources(sources) {
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

/** Describe what has these properties as a heading, a line below it, and a row for each of the fields. */
export function describe(properties, layer, fields, indicators) {
  const kind = layer.level ? (texts.singular[layer.level] ?? say(layer.title)) : say(layer.title);
  const rows = fields.map((field) =>
    row(field, properties[field.id], indicators.get(field.id), properties[`${field.id}_status`], properties[`${field.id}_known`]),
  );
  const profile = layer.level && properties.code ? profileOf(layer.level, properties.code) : undefined;
  return { name: properties.name ?? properties.code ?? kind, kind, code: properties.code, rows, profile };
}

const profileOf = (level, code) =>
  `territories/${level}/${encodeURIComponent(code)}${language === "en" ? "?lang=en" : ""}`;

function row(field, value, indicator, status, known) {
  const title = say(indicator?.title ?? field.title);
  if (value === undefined || value === null) return { title, text: texts.statuses[status] ?? texts.noData, absent: true };
  const category = indicator?.categories?.find((item) => item.value === value);
  const precision = indicator?.precision ?? field.precision ?? 0;
  const unit = say(indicator?.unit ?? field.unit);
  const said = category ? say(category.title) : typeof value === "number" ? quantity(value, precision, unit) : String(value);
  const share = status === "partial" ? ` (${quantity(100 * known, 0, "%")})` : "";
  const told = status && status !== "ok" ? `, ${texts.statuses[status] ?? status}${share}` : "";
  return { title, text: said + told };
}

/** Show the hover card beside the pointer, its rows with or without titles; no description hides it. */
export function showHover(description, titled, point) {
  const card = byId("hover");
  card.hidden = !description;
  if (!description) return;
  const rows = description.rows.slice(0, HOVER_ROWS);
  card.replaceChildren(
    make("strong", { textContent: description.name }),
    make("span", { className: "quiet", textContent: description.kind }),
    ...rows.map((item) => make("span", { className: item.absent ? "absent" : "value" }, valueText(item, titled))),
  );
  const right = point.x + card.offsetWidth + 28 > innerWidth;
  card.style.transform = `translate(${right ? point.x - card.offsetWidth - 14 : point.x + 14}px, ${Math.min(
    point.y + 14,
    innerHeight - card.offsetHeight - 8,
  )}px)`;
}

const valueText = (item, titled) => (titled ? `${item.title}\u00a0: ${item.text}` : item.text);

/** Show the card of what was clicked; `close` is called by its button. */
export function showCard(description, close, place) {
  const card = byId("card");
  card.hidden = !description;
  if (!description) return card.replaceChildren();
  const button = make("button", { type: "button", className: "close", title: texts.close, ariaLabel: texts.close });
  button.textContent = "×";
  button.addEventListener("click", close);
  const list = make("dl", {});
  for (const item of description.rows) {
    const className = item.absent ? "absent" : "";
    list.append(make("div", {}, make("dt", { textContent: item.title }), make("dd", { textContent: item.text, className })));
  }
  card.replaceChildren(
    button,
    make("h2", { textContent: description.name }),
    make("p", { className: "quiet", textContent: `${description.kind} · ${texts.code} ${description.code}` }),
    list,
    make("p", { className: "more" }, ...links(description.profile, place)),
  );
}

/** Link to the profile of a territory, and to what else there is at the place that was clicked. */
function links(profile, place) {
  const found = profile ? [make("a", { href: profile, textContent: texts.profile })] : [];
  if (!place) return found;
  const { lng, lat } = place.wrap();
  const query = new URLSearchParams({ lon: lng.toFixed(6), lat: lat.toFixed(6) });
  if (language === "en") query.set("lang", "en");
  return [...found, make("a", { href: `at?${query}`, textContent: texts.at })];
}

/** Say over the map why a layer is not seen yet; no names hide it. */
export function showHint(names) {
  const hint = byId("hint");
  hint.hidden = !names.length;
  hint.textContent = names.length ? texts.zoomTo(names) : "";
}

/** Say that something failed. */
export function showFailure() {
  const hint = byId("hint");
  hint.hidden = false;
  hint.textContent = texts.failed;
}

/** Make the panel fold, and link to the other language with the state of now. */
export function prepare() {
  const button = byId("fold");
  const set = (open) => {
    button.setAttribute("aria-expanded", String(open));
    button.firstElementChild.textContent = open ? texts.fold : texts.unfold;
    byId("panel").classList.toggle("folded", !open);
  };
  button.addEventListener("click", () => set(button.getAttribute("aria-expanded") !== "true"));
  set(!matchMedia("(max-width: 720px)").matches);
  const link = byId("language");
  const other = language === "en" ? "fr" : "en";
  Object.assign(link, { textContent: texts.other, hreflang: other, lang: other });
  const aim = () => {
    const url = new URL(location.href);
    url.searchParams.set("lang", other);
    link.href = url.href;
  };
  aim();
  link.addEventListener("pointerdown", aim);
  link.addEventListener("focus", aim);
}
