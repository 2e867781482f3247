// The map page: reads the catalogue, keeps the state, and lets map and panel follow it.

import { loadCatalogue, loadFigures, loadNames, loadStyle, loadValues } from "./api.js";
import { setColours } from "./colours.js";
import { compose, isSelected } from "./layers.js";
import { followPointer, openMap, whatIsAt } from "./map.js";
import * as panel from "./panel.js";
import { readState, writeState } from "./state.js";
import { say, texts, translate } from "./texts.js";

const LEVELS = ["region", "departement", "ti", "epci", "commune"];

class Page {
  constructor({ views, layers, indicators }) {
    this.views = views;
    this.overlays = layers.filter((layer) => layer.kind === "points" && layer.role === "features");
    this.byLevel = new Map(layers.filter((layer) => layer.level).map((layer) => [layer.level, layer]));
    this.byId = new Map(layers.map((layer) => [layer.id, layer]));
    this.indicators = new Map(indicators.map((item) => [item.id, item]));
    this.levels = LEVELS.filter((level) => this.byLevel.has(level));
    const ids = this.overlays.map((layer) => layer.id);
    this.state = { ...readState(this.levels, [...this.indicators.keys()], ids), selected: undefined };
  }

  get territory() {
    return this.byLevel.get(this.state.level);
  }

  get shown() {
    return this.overlays.filter((layer) => this.state.shown.has(layer.id));
  }

  async start() {
    panel.showLevels(this.levels, this.state.level, (level) => this.change({ level, selected: undefined }));
    this.listIndicators();
    panel.showOverlays(this.overlays, this.state.shown, (id, on) => this.toggle(id, on));
    panel.showViews(this.views, (view) => this.map?.fitBounds(view.bounds, { padding: roomAround() }));
    this.opened = openMap("map", this.views[0], roomAround());
    await this.draw();
    this.map.on("zoom", () => this.hint());
    this.map.on("click", (event) => this.select(whatIsAt(this.map, event.point, this.shown), event.lngLat));
    addEventListener("keydown", (event) => event.key === "Escape" && this.select(undefined));
    followPointer(this.map, () => this.shown, (feature, point) => this.hover(feature, point));
    this.hint();
  }

  /** List the indicators that exist at the level; another takes the place of one that does not. */
  listIndicators() {
    const there = [...this.indicators.values()].filter((item) => item.levels.includes(this.state.level));
    if (!there.some((item) => item.id === this.state.indicator)) this.state.indicator = there[0]?.id;
    panel.showIndicators(there, this.state.indicator, (indicator) => this.change({ indicator }));
  }

  /** Let map, legend and address follow the state. */
  async draw() {
    const { level, indicator } = this.state;
    const [map, style, values] = await Promise.all([
      this.opened,
      loadStyle(level, indicator),
      loadValues(level, indicator),
    ]);
    this.map = map;
    if (level !== this.state.level || indicator !== this.state.indicator) return;
    panel.showLegend(style.metadata.legend);
    panel.showSources(this.sources());
    panel.showDefinition(this.indicators.get(indicator));
    writeState(this.state);
    this.follow(style, values);
  }

  /** Bring the map up to date, by as little as has changed: an indicator is nothing but colours. */
  follow(style, values) {
    const { level, indicator, shown } = this.state;
    const layers = [level, ...shown].join();
    if (layers !== this.layers) this.map.setStyle(compose(style, this.territory, this.shown, this.state), { diff: true });
    // A source that a change of level took off the map comes back without its states.
    const colours = `${level} ${indicator}`;
    if (colours !== this.colours) setColours(this.map, this.territory, values, style.metadata.legend);
    Object.assign(this, { layers, colours });
  }

  /** Every source of what is shown, once. */
  sources() {
    const shown = [this.indicators.get(this.state.indicator), this.territory, ...this.shown];
    const sources = shown.flatMap((item) => item.sources);
    return [...new Map(sources.map((source) => [source.id, source])).values()];
  }

  /** Change the state; `drawn` is fulfilled when the map has followed. */
  change(part) {
    Object.assign(this.state, part);
    if ("level" in part) this.listIndicators();
    if ("selected" in part) this.showCard();
    this.hover(undefined);
    this.hint();
    this.drawn = this.attempt(() => this.draw());
  }

  async attempt(action) {
    try {
      await action();
    } catch (error) {
      console.warn(error);
      panel.showFailure();
    }
  }

  toggle(id, on) {
    if (on) this.state.shown.add(id);
    else this.state.shown.delete(id);
    this.change({});
  }

  hint() {
    if (!this.map) return;
    // MapLibre asks for the tiles of the zoom's whole part.
    const zoom = Math.floor(this.map.getZoom());
    const hidden = [this.territory, ...this.shown].filter((layer) => zoom < layer.min_zoom);
    panel.showHint(hidden.map((layer) => texts.several[layer.level ?? layer.id] ?? say(layer.title)));
  }

  /** Describe a feature by some fields; the tiles of territories hold nothing of it but its id. */
  async describe(feature, fields) {
    const layer = this.byId.get(feature.sourceLayer);
    if (!layer.level) return panel.describe(feature.properties, layer, fields, this.indicators);
    const [names, ...columns] = await Promise.all([
      loadNames(layer),
      ...fields.map((field) => loadFigures(layer.level, field.id)),
    ]);
    const values = fields.flatMap((field, place) => {
      const { value, status, known } = columns[place].get(feature.id) ?? {};
      return [[field.id, value], [`${field.id}_status`, status], [`${field.id}_known`, known]];
    });
    const properties = { ...names.get(feature.id), ...Object.fromEntries(values) };
    return panel.describe(properties, layer, fields, this.indicators);
  }

  /** Choose what is told of a feature: what its layer shows by default, and the indicator of the map. */
  fields(feature) {
    const { fields, level } = this.byId.get(feature.sourceLayer);
    const roles = level ? ["indicator"] : ["indicator", "property"];
    const told = fields.filter((field) => roles.includes(field.role));
    return told.filter((field) => field.default || field.id === this.state.indicator);
  }

  hover(feature, point) {
    this.pointed = feature;
    if (!feature) return panel.showHover();
    const single = feature.layer.id === "choropleth";
    const fields = this.fields(feature).filter((field) => !single || field.id === this.state.indicator);
    return this.attempt(async () => {
      const described = await this.describe(feature, fields);
      if (feature === this.pointed) panel.showHover(described, !single, point);
    });
  }

  select(feature, place) {
    this.state.selected = feature?.layer.id === "choropleth" ? feature.id : undefined;
    for (const id of ["selected-casing", "selected"]) {
      if (this.map.getLayer(id)) this.map.setFilter(id, isSelected(this.state.selected));
    }
    this.showCard(feature, place);
  }

  showCard(feature, place) {
    this.clicked = feature;
    if (!feature) return panel.showCard();
    return this.attempt(async () => {
      const described = await this.describe(feature, this.fields(feature));
      if (feature === this.clicked) panel.showCard(described, () => this.select(undefined), place);
    });
  }
}

/** Keep the view clear of the panel. */
function roomAround() {
  const narrow = matchMedia("(max-width: 720px)").matches;
  const panelBox = document.getElementById("panel").getBoundingClientRect();
  return narrow
    ? { top: 20, right: 20, bottom: Math.min(panelBox.height, innerHeight / 2) + 20, left: 20 }
    : { top: 30, right: 60, bottom: 40, left: panelBox.right + 30 };
}

translate(document);
panel.prepare();
try {
  const page = new Page(await loadCatalogue());
  await page.start();
  globalThis.territories = page; // for tests, and for a reader's console
} catch (error) {
  console.error(error);
  panel.showFailure();
}
