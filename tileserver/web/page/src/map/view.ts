// The map of some figures: brought up to date by as little as has changed. An indicator is nothing but states.

import type { Map as MapLibre } from "maplibre-gl";

import type { ClassMap } from "../api";
import type { Figure, Layer } from "../types";
import { CirclePoints } from "./circles";
import { FigureStates } from "./figures";
import { addMark } from "./marks";
import { addPattern, hatchLayer, noPattern, STATUSES } from "./patterns";
import { compose, OUTLINES, type Composition } from "./style";

/** A zoom that the map does not reach. */
const BEYOND = 24;

/** What is to be seen. */
export interface Scene extends Composition {
  style: ClassMap;
  figures: Map<number, Figure>;
  /** The territories that a filter lets through; undefined without one. */
  kept: Set<number> | undefined;
  /** What the figures are of and how they are drawn, as a text that is another when they are. */
  name: string;
}

export class MapView {
  private layers = "";
  private drawn = "";
  /** Whether the map has more than what is seen at first. */
  private whole = false;
  private scene: Scene | undefined;
  private readonly states: FigureStates;
  private readonly circles: CirclePoints;
  private readonly marked = new Map<string, Set<number>>();

  constructor(
    readonly map: MapLibre,
    private readonly layersById: Map<string, Layer>,
  ) {
    this.states = new FigureStates(map);
    this.circles = new CirclePoints(map);
    map.setMissingStyleImageResolver((name) => {
      if (!this.scene) return;
      const { theme, style } = this.scene;
      addMark(map, name, this.layersById, theme);
      const entry = style.metadata.legend.statuses.find((item) => name === `hatch-${item.status}`);
      if (entry) addPattern(map, entry, style.metadata.legend, theme);
      else if (name.startsWith("hatch-") && !map.hasImage(name)) {
        const { image, pixelRatio } = noPattern();
        map.addImage(name, image, { pixelRatio });
      }
    });
  }

  /** Show a scene; fulfilled when it is on the map. */
  async show(scene: Scene): Promise<void> {
    const { style, territory, overlays, theme, figures, kept } = scene;
    const { legend } = style.metadata;
    this.scene = scene;
    const layers = [territory.id, theme.name, ...overlays.map(({ layer }) => layer.id)].join();
    const names = this.layers.split(",");
    const other = layers !== this.layers;
    if (other) {
      // Pictures are of a theme; a source that goes takes its states along.
      if (names[1] !== theme.name) for (const image of this.map.listImages()) this.map.removeImage(image);
      if (names[0] !== territory.id) this.marked.clear();
    }
    for (const entry of legend.statuses) addPattern(this.map, entry, legend, theme);
    if (other) this.restyle(scene);
    this.layers = layers;
    const same = scene.name === this.drawn;
    if (same && !other) return;
    this.drawn = scene.name;
    this.rest();
    if (!same) this.states.show({ layer: territory, figures, legend, theme, kept });
    // Another style takes the circles away, as they are no part of it.
    await this.circles.show({ layer: territory, figures, circles: legend.circles, kept });
  }

  /** Add what the first map did without. */
  async complete(): Promise<void> {
    if (!this.scene || this.whole) return;
    const { style, territory, figures, kept } = this.scene;
    this.whole = true;
    this.restyle(this.scene);
    this.rest();
    await this.circles.show({ layer: territory, figures, circles: style.metadata.legend.circles, kept });
  }

  private restyle(scene: Scene): void {
    for (const name of [...OUTLINES, ...STATUSES.map(hatchLayer)]) this.draws(name, true);
    this.map.setStyle(compose(scene.style, scene, this.whole), { diff: true, validate: false });
  }

  /** Leave out of each frame the layers that have nothing to show now, all of whose territories would be drawn unseen. */
  private rest(): void {
    const told = this.scene?.style.metadata.legend.statuses ?? [];
    const hatched = new Set(told.filter(({ everywhere }) => !everywhere).map(({ status }) => status));
    for (const status of STATUSES) this.draws(hatchLayer(status), hatched.has(status));
    const marked = [...this.marked.values()].some(({ size }) => size > 0);
    for (const name of OUTLINES) this.draws(name, marked);
  }

  /**
   * Draw a layer, or not. Of its zooms MapLibre asks the layer at every frame; told by `setLayerZoomRange` or by the
   * layer's visibility, it would lay out all tiles of the source anew.
   */
  private draws(name: string, drawn: boolean): void {
    const layer = this.map.getLayer(name) as { minzoom: number | undefined } | undefined;
    if (layer) layer.minzoom = drawn ? undefined : BEYOND;
  }

  /** Mark territories with a state (`hover`, `selected`, `compared`), and no others. */
  mark(state: string, ids: number[]): void {
    const source = this.scene?.territory.id;
    if (!source || !this.map.getSource(source)) return;
    const before = this.marked.get(state) ?? new Set();
    const now = new Set(ids);
    const set = (id: number, on: boolean) =>
      this.map.setFeatureState({ source, sourceLayer: source, id }, { [state]: on });
    for (const id of before) if (!now.has(id)) set(id, false);
    for (const id of now) if (!before.has(id)) set(id, true);
    this.marked.set(state, now);
    this.rest();
  }
}
