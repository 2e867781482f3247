// The map application: keeps the state, and lets map, panel and address follow it.

import type { LngLat, Map as MapLibre, MapGeoJSONFeature, Point } from "maplibre-gl";

import { loadFigures, loadNames, loadStyle, type ClassMap } from "./api";
import { setColours } from "./map/colours";
import { followPointer, openMap, whatIsAt } from "./map/open";
import { compose, isSelected } from "./map/style";
import { hideCard, hideHover, showCard, showHover } from "./panel/cards";
import { checkLevel, showLevels, showViews } from "./panel/controls";
import { describe, type Description } from "./panel/describe";
import { showIndicators } from "./panel/indicators";
import { showDefinition, showLegend, showSources } from "./panel/legend";
import { checkOverlays, showOverlays } from "./panel/overlays";
import { roomAround, showFailure, showHint } from "./panel/shell";
import { addressOf, readState, type Known, type MapState } from "./state";
import { say, texts, word } from "./text/texts";
import type { Catalogue, Field, Figure, Indicator, Layer, Source, View } from "./types";

const LEVELS = ["region", "departement", "ti", "epci", "commune"];

export class App {
  readonly views: View[];
  readonly overlays: Layer[];
  readonly byLevel: Map<string, Layer>;
  readonly byId: Map<string, Layer>;
  readonly indicators: Map<string, Indicator>;
  readonly levels: string[];
  state: MapState;
  map!: MapLibre;
  /** Fulfilled when the map has followed the last change. */
  drawn: Promise<void> = Promise.resolve();
  private selected: number | undefined;
  private pointed: MapGeoJSONFeature | undefined;
  private clicked: MapGeoJSONFeature | undefined;
  private layers = "";
  private colours = "";

  constructor({ views, layers, indicators }: Catalogue) {
    this.views = views;
    this.overlays = layers.filter((layer) => layer.kind === "points" && layer.role === "features");
    this.byLevel = new Map(layers.flatMap((layer) => (layer.level ? [[layer.level, layer] as const] : [])));
    this.byId = new Map(layers.map((layer) => [layer.id, layer]));
    this.indicators = new Map(indicators.map((item) => [item.id, item]));
    this.levels = LEVELS.filter((level) => this.byLevel.has(level));
    this.state = readState(new URL(location.href), this.known);
  }

  private get known(): Known {
    return { levels: this.levels, indicators: this.indicators, overlays: this.overlays };
  }

  get territory(): Layer {
    const found = this.byLevel.get(this.state.level);
    if (!found) throw new Error(`there is no level ${this.state.level}`);
    return found;
  }

  get indicator(): Indicator {
    const found = this.indicators.get(this.state.indicator);
    if (!found) throw new Error(`there is no indicator ${this.state.indicator}`);
    return found;
  }

  get shown(): Layer[] {
    return this.overlays.filter((layer) => this.state.show.includes(layer.id));
  }

  async start(): Promise<void> {
    showLevels(this.levels, (level) => this.change({ level }));
    showOverlays(this.overlays, (id, on) => this.toggle(id, on));
    showViews(this.views, (view) => this.map.fitBounds(view.bounds, { padding: roomAround() }));
    this.fit();
    const opening = openMap("map", this.state.at ?? this.views[0]!.bounds, roomAround());
    [this.map] = await Promise.all([opening, this.load()]);
    await this.draw();
    this.map.on("zoom", () => this.hint());
    this.map.on("moveend", () => this.keepView());
    this.map.on("click", (event) => this.select(whatIsAt(this.map, event.point, this.shown), event.lngLat));
    this.map.on("movestart", () => this.hover(undefined));
    addEventListener("keydown", (event) => event.key === "Escape" && this.select(undefined));
    addEventListener("popstate", () => this.back());
    followPointer(this.map, () => this.shown, (feature, point) => this.hover(feature, point));
    this.hint();
  }

  /** Let an indicator that exists at the level take the place of one that does not; show what is chosen. */
  private fit(): void {
    const there = [...this.indicators.values()].filter((item) => item.levels.includes(this.state.level));
    if (!there.some((item) => item.id === this.state.indicator)) this.state.indicator = there[0]?.id ?? "";
    showIndicators(there, this.state.indicator, (indicator) => this.change({ indicator }));
    checkLevel(this.state.level);
    checkOverlays(this.state.show);
  }

  private load(): Promise<[ClassMap, Map<number, Figure>]> {
    const { level, indicator } = this.state;
    return Promise.all([loadStyle(level, indicator), loadFigures(level, indicator)]);
  }

  /** Let map and legend follow the state. */
  private async draw(): Promise<void> {
    const { level, indicator } = this.state;
    const [style, figures] = await this.load();
    if (level !== this.state.level || indicator !== this.state.indicator) return;
    showLegend(style.metadata.legend);
    showSources(this.sources());
    showDefinition(this.indicator);
    this.follow(style, figures);
  }

  /** Bring the map up to date, by as little as has changed: an indicator is nothing but colours. */
  private follow(style: ClassMap, figures: Map<number, Figure>): void {
    const { level, indicator, show } = this.state;
    const layers = [level, ...show].join();
    if (layers !== this.layers) {
      this.map.setStyle(compose(style, this.territory, this.shown, this.selected), { diff: true });
    }
    // A source that a change of level took off the map comes back without its states.
    const colours = `${level} ${indicator}`;
    if (colours !== this.colours) setColours(this.map, this.territory, figures, style.metadata.legend);
    this.layers = layers;
    this.colours = colours;
  }

  /** Every source of what is shown, once. */
  private sources(): Source[] {
    const sources = [this.indicator, this.territory, ...this.shown].flatMap((item) => item.sources);
    return [...new Map(sources.map((source) => [source.id, source])).values()];
  }

  /** Change the state, as an entry of the history. */
  change(part: Partial<MapState>): void {
    Object.assign(this.state, part);
    this.fit();
    history.pushState(null, "", addressOf(this.state, new URL(location.href)));
    this.update("level" in part);
  }

  private back(): void {
    const { level } = this.state;
    this.state = readState(new URL(location.href), this.known);
    this.fit();
    if (this.state.at) this.map.jumpTo({ center: this.state.at, zoom: this.state.at.zoom });
    this.update(level !== this.state.level);
  }

  private update(other: boolean): void {
    if (other) this.select(undefined);
    this.hover(undefined);
    this.hint();
    this.drawn = this.attempt(() => this.draw());
  }

  private async attempt(action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      console.warn(error);
      showFailure();
    }
  }

  private toggle(id: string, on: boolean): void {
    const others = this.state.show.filter((shown) => shown !== id);
    this.change({ show: on ? [...others, id] : others });
  }

  /** Write where the map is into the address, without an entry in the history for each move. */
  private keepView(): void {
    const { lng, lat } = this.map.getCenter().wrap();
    this.state.at = { zoom: this.map.getZoom(), lat, lon: lng };
    history.replaceState(history.state, "", addressOf(this.state, new URL(location.href)));
  }

  private hint(): void {
    // MapLibre asks for the tiles of the zoom's whole part.
    const zoom = Math.floor(this.map.getZoom());
    const hidden = [this.territory, ...this.shown].filter((layer) => zoom < layer.min_zoom);
    showHint(hidden.map((layer) => word(texts.several, layer.level ?? layer.id, say(layer.title))));
  }

  /** Describe a feature by some fields; the tiles of territories hold nothing of it but its id. */
  private async describe(feature: MapGeoJSONFeature, fields: Field[]): Promise<Description> {
    const layer = this.layerOf(feature);
    if (!layer.level) return describe(feature.properties, layer, fields, this.indicators);
    const { level } = layer;
    const id = Number(feature.id);
    const [names, ...columns] = await Promise.all([
      loadNames(layer),
      ...fields.map((field) => loadFigures(level, field.id)),
    ]);
    const values = fields.flatMap((field, place) => {
      const { value, status, known } = columns[place]?.get(id) ?? {};
      return [[field.id, value], [`${field.id}_status`, status], [`${field.id}_known`, known]];
    });
    const properties = { ...names.get(id), ...Object.fromEntries(values) };
    return describe(properties, layer, fields, this.indicators);
  }

  private layerOf(feature: MapGeoJSONFeature): Layer {
    const found = this.byId.get(feature.sourceLayer ?? "");
    if (!found) throw new Error(`there is no layer ${feature.sourceLayer}`);
    return found;
  }

  /** Choose what is told of a feature: what its layer shows by default, and the indicator of the map. */
  private fields(feature: MapGeoJSONFeature): Field[] {
    const { fields, level } = this.layerOf(feature);
    const roles = level ? ["indicator"] : ["indicator", "property"];
    const told = fields.filter((field) => roles.includes(field.role));
    return told.filter((field) => field.default || field.id === this.state.indicator);
  }

  private hover(feature: MapGeoJSONFeature | undefined, point?: Point): void {
    this.pointed = feature;
    if (!feature || !point) return hideHover();
    const single = feature.layer.id === "choropleth";
    const fields = this.fields(feature).filter((field) => !single || field.id === this.state.indicator);
    void this.attempt(async () => {
      const described = await this.describe(feature, fields);
      if (feature === this.pointed) showHover(described, !single, point);
    });
  }

  private select(feature: MapGeoJSONFeature | undefined, place?: LngLat): void {
    this.selected = feature?.layer.id === "choropleth" ? Number(feature.id) : undefined;
    for (const id of ["selected-casing", "selected"]) {
      if (this.map.getLayer(id)) this.map.setFilter(id, isSelected(this.selected));
    }
    this.clicked = feature;
    if (!feature) return hideCard();
    void this.attempt(async () => {
      const described = await this.describe(feature, this.fields(feature));
      if (feature === this.clicked) showCard(described, () => this.select(undefined), place);
    });
  }
}
