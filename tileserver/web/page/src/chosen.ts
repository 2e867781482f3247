// What the reader points at, clicks and chooses: the small card, the card, the comparison, and their marks on the map.

import type { LngLat, Point } from "maplibre-gl";

import { loadPlaces, loadPoints, type Subject } from "./api";
import { same, type Met } from "./map/pointer";
import { hideCard, hideHover, showCard, showHover } from "./panel/cards";
import { Compare } from "./panel/compare";
import { MOST_COMPARED, type MapState } from "./state";
import { tellOverlay, tellTerritory } from "./telling";
import type { Layer } from "./types";
import type { World } from "./world";

/** The application, as far as choosing goes. */
export interface Host {
  readonly world: World;
  readonly state: MapState;
  readonly subject: Subject;
  /** The layer of the level that is shown. */
  readonly territory: Layer;
  /** Fulfilled when the map has followed the last change. */
  readonly drawn: Promise<void>;
  change(part: Partial<MapState>): void;
  /** Do something that may fail, and say so where it does. */
  attempt(action: () => Promise<void>): Promise<void>;
  /** Mark territories on the map with a state (`hover`, `selected`, `compared`), and no others. */
  mark(state: string, ids: number[]): void;
  approach(place: LngLat, zoom: number): void;
}

export class Chosen {
  private pointed: Met | undefined;
  /** What a card is open of, where that is no territory; those are in the state. */
  private clicked: Met | undefined;
  private place: LngLat | undefined;
  private readonly compare: Compare;

  constructor(private readonly host: Host) {
    this.compare = new Compare(host.world, (codes) => host.change({ compare: codes }));
  }

  /** Tell of what lies under the pointer; undefined: nothing. */
  point(met: Met | undefined, at: Point | undefined): void {
    const { host } = this;
    const before = this.pointed;
    this.pointed = met;
    if (!met || !at) {
      host.mark("hover", []);
      return hideHover();
    }
    if (!same(before, met)) host.mark("hover", met.kind === "territory" ? [met.id] : []);
    void host.attempt(async () => {
      const told =
        met.kind === "territory"
          ? await tellTerritory(met.id, host.subject, host.world, false)
          : tellOverlay(met, host.world);
      if (same(met, this.pointed)) showHover(told, met.kind !== "territory", at);
    });
  }

  /** Choose what was clicked at a place; undefined: nothing. */
  click(met: Met | undefined, place: LngLat): void {
    const { host } = this;
    this.place = place;
    if (met?.kind === "territory") return void host.attempt(() => this.selectFeature(met.id));
    this.clicked = met;
    if (host.state.selected) host.change({ selected: undefined });
    else void host.attempt(() => this.tell());
  }

  private async selectFeature(id: number): Promise<void> {
    const { features } = await loadPoints(this.host.territory);
    const code = features.find((feature) => Number(feature.id) === id)?.properties?.["code"];
    this.clicked = undefined;
    this.host.change({ selected: String(code) });
    await this.host.drawn;
  }

  /** Choose a territory of the level by its code. */
  select(code: string | undefined): void {
    this.forget();
    this.host.change({ selected: code });
  }

  /** Close the card. */
  close(): void {
    this.clicked = undefined;
    if (this.host.state.selected) this.select(undefined);
    else void this.host.attempt(() => this.tell());
  }

  /** Forget what was clicked, and where: what is chosen next has nothing to do with it. */
  forget(): void {
    this.clicked = undefined;
    this.place = undefined;
  }

  /** Show the card of what is chosen, and the comparison. */
  async tell(): Promise<void> {
    const { host } = this;
    const { selected, compare } = host.state;
    if (!selected && !compare.length && !this.clicked) {
      host.mark("selected", []);
      host.mark("compared", []);
      this.compare.hide();
      return hideCard();
    }
    const points = await loadPlaces(host.territory);
    const idOf = (code: string) => points.get(code)?.id;
    const id = selected === undefined ? undefined : idOf(selected);
    host.mark("selected", id === undefined ? [] : [id]);
    host.mark("compared", compare.flatMap((code) => idOf(code) ?? []));
    await this.compare.show(host.subject, compare.filter((code) => points.has(code)));
    if (id !== undefined && selected) return this.tellChosen(id, selected);
    // Read anew: something else may have been clicked meanwhile.
    const { clicked, place } = this;
    if (clicked?.kind !== "overlay") return hideCard();
    const told = tellOverlay(clicked, host.world);
    const { zoomTo } = told;
    const zoom = zoomTo === undefined || !place ? undefined : () => host.approach(place, zoomTo);
    showCard(told, { place, close: () => this.close(), compare: undefined, full: false, zoom });
  }

  private async tellChosen(id: number, code: string): Promise<void> {
    const { host } = this;
    const { compare } = host.state;
    const told = await tellTerritory(id, host.subject, host.world, true);
    const full = compare.length >= MOST_COMPARED;
    const add = compare.includes(code) || full ? undefined : () => host.change({ compare: [...compare, code] });
    showCard(told, { place: this.place, close: () => this.close(), compare: add, full, zoom: undefined });
  }
}
