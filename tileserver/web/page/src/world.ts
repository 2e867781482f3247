// What there is to show: the catalogue of the server, found by id, by level and by role.

import type { Basemap, Catalogue, Indicator, Layer, Source, View } from "./types";

const LEVELS = ["region", "departement", "ti", "epci", "commune"];
const NO_PERIOD = "";

export class World {
  readonly views: View[];
  readonly byId: Map<string, Layer>;
  readonly byLevel: Map<string, Layer>;
  readonly indicators: Map<string, Indicator>;
  readonly levels: string[];
  /** Layers that may lie over the territories, in their order. */
  readonly overlays: Layer[];
  readonly basemap: Basemap | null;

  constructor({ views, layers, indicators, basemap }: Catalogue) {
    this.basemap = basemap;
    this.views = views;
    this.byId = new Map(layers.map((layer) => [layer.id, layer]));
    this.byLevel = new Map(layers.flatMap((layer) => (layer.level ? [[layer.level, layer] as const] : [])));
    this.indicators = new Map(indicators.map((item) => [item.id, item]));
    this.levels = LEVELS.filter((level) => this.byLevel.has(level));
    this.overlays = layers.filter((layer) => layer.level === null && layer.role === "features");
  }

  /** Find the layer of a level that there is. */
  territory(level: string): Layer {
    const found = this.byLevel.get(level);
    if (!found) throw new Error(`there is no level ${level}`);
    return found;
  }

  /** Find an indicator that there is. */
  indicator(id: string): Indicator {
    const found = this.indicators.get(id);
    if (!found) throw new Error(`there is no indicator ${id}`);
    return found;
  }

  /** List the indicators of a level. */
  indicatorsAt(level: string): Indicator[] {
    return [...this.indicators.values()].filter((item) => item.levels.includes(level));
  }

  /** Find the layer of the groups of a layer of points. */
  groups(layer: Layer): Layer | undefined {
    return this.beside(layer, "clusters");
  }

  /** Find the layer of the points at which the names of a layer are written. */
  labels(layer: Layer): Layer | undefined {
    return this.beside(layer, "labels");
  }

  private beside(layer: Layer, role: string): Layer | undefined {
    return [...this.byId.values()].find((other) => other.of === layer.id && other.role === role);
  }

  /** List the layers of overlays that are shown. */
  shown(ids: string[]): Layer[] {
    return this.overlays.filter((layer) => ids.includes(layer.id));
  }

  /** List the sources of the outlines and names of a level: its layer names them before any figures'. */
  shapeSources(layer: Layer): Source[] {
    const first = layer.sources[0]?.id;
    const laid = (item: Indicator) => item.sources.some(({ id }) => id === first);
    const figures = new Set(
      [...this.indicators.values()].filter((item) => !laid(item)).flatMap((item) => item.sources.map(({ id }) => id)),
    );
    const end = layer.sources.findIndex(({ id }) => figures.has(id));
    return end < 0 ? layer.sources : layer.sources.slice(0, end);
  }

  /** List the sources of what is shown, each once. */
  sources(indicator: Indicator, territory: Layer, overlays: Layer[]): Source[] {
    const shapes = this.shapeSources(territory);
    const known = new Set(shapes.map(({ id }) => id));
    // A layer names its own sources first, then those of the territories that it is laid over.
    const own = overlays.flatMap(({ sources }) => {
      const end = sources.findIndex(({ id }) => known.has(id));
      return end < 0 ? sources : sources.slice(0, end);
    });
    return [...new Map([...indicator.sources, ...shapes, ...own].map((source) => [source.id, source])).values()];
  }

  /** List the statuses that some figure of a level has. */
  statuses(level: string): string[] {
    const found = this.indicatorsAt(level).flatMap((item) =>
      Object.values(item.coverage[level] ?? { [NO_PERIOD]: {} }).flatMap((counts) => Object.keys(counts)),
    );
    return [...new Set([...found, "missing"])];
  }
}
