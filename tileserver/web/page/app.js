// The map page: reads the catalogue, keeps the state, and lets map and panel follow it.

import { loadCatalogue, loadStyle } from "./api.js";
import { compose } from "./layers.js";
import { createMap, followPointer, whatIsAt } from "./map.js";
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
    panel.showIndicators([...this.indicators.values()], this.state.indicator, (indicator) => this.change({ indicator }));
    panel.showOverlays(this.overlays, this.state.shown, (id, on) => this.toggle(id, on));
    panel.showViews(this.views, (view) => this.map.fitBounds(view.bounds, { padding: roomAround() }));
    const style = await this.style();
    this.map = createMap("map", style, this.views[0], roomAround());
    this.map.on("zoom", () => this.hint());
    this.map.on("click", (event) => this.select(whatIsAt(this.map, event.point, this.shown)));
    addEventListener("keydown", (event) => event.key === "Escape" && this.select(undefined));
    followPointer(this.map, () => this.shown, (feature, point) => this.hover(feature, point));
    this.hint();
  }

  /** Load the class map of the state, write legend and address, and give the whole style. */
  async style() {
    const { level, indicator } = this.state;
    const base = await loadStyle(level, indicator);
    if (level !== this.state.level || indicator !== this.state.indicator) return undefined;
    panel.showLegend(base.metadata.legend);
    panel.showSources(this.sources());
    panel.showDefinition(this.indicators.get(indicator));
    writeState(this.state);
    return compose(base, this.territory, this.shown, this.state);
  }

  /** Every source of what is shown, once. */
  sources() {
    const shown = [this.indicators.get(this.state.indicator), this.territory, ...this.shown];
    const sources = shown.flatMap((item) => item.sources);
    return [...new Map(sources.map((source) => [source.id, source])).values()];
  }

  async change(part) {
    Object.assign(this.state, part);
    if ("selected" in part && !part.selected) panel.showCard();
    panel.showHover();
    this.hint();
    try {
      const style = await this.style();
      if (style) this.map.setStyle(style, { diff: true });
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

  describe(feature) {
    return feature && panel.describe(feature, this.byId.get(feature.sourceLayer), this.indicators);
  }

  hover(feature, point) {
    const only = feature?.layer.id === "choropleth" ? this.state.indicator : undefined;
    panel.showHover(this.describe(feature), only, point);
  }

  select(feature) {
    panel.showCard(this.describe(feature), () => this.select(undefined));
    this.state.selected = feature?.layer.id === "choropleth" ? feature.properties.code : undefined;
    for (const id of ["selected-casing", "selected"]) {
      if (this.map.getLayer(id)) this.map.setFilter(id, ["==", ["get", "code"], this.state.selected ?? ""]);
    }
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
