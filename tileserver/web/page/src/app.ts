// The map application: keeps the state, and lets map, panel and address follow it.

import type { LngLat, Map as MapLibre } from "maplibre-gl";

import { loadFigures, loadKept, loadPlaces, loadPoints, loadStyle, type ClassMap, type Subject } from "./api";
import { Chosen, type Host } from "./chosen";
import { beginCoarse } from "./map/coarse";
import { allTiles, cover, dropPicture, fadePicture, firstMap, layPicture } from "./map/first";
import { addControls, openMap } from "./map/open";
import { followPointer, whatIsAt } from "./map/pointer";
import { compose } from "./map/style";
import { onDeviceTheme, themeOf } from "./map/theme";
import { cannotDraw, Still } from "./map/still";
import { MapView, type Scene } from "./map/view";
import { checkLevel, showLevels, showViews } from "./panel/controls";
import { Insets } from "./panel/insets";
import { showDefinition, showFilter, showLegend, showSources } from "./panel/legend";
import { fitting, prepareLook, showLook } from "./panel/look";
import { checkOverlays, showOverlays } from "./panel/overlays";
import { Picker } from "./panel/picker";
import { roomAround } from "./panel/room";
import { prepareSearch } from "./panel/search";
import { Share } from "./panel/share";
import { aimLanguage, showFailure, showHint, showMotionless } from "./panel/shell";
import { Table } from "./panel/table";
import { Years } from "./panel/years";
import { addressOf, readState, type Known, type MapState } from "./state";
import { say, texts, word } from "./text/texts";
import type { Figure, Hit, Layer, Source, View } from "./types";
import { World } from "./world";

const NEAR_ZOOM: Record<string, number> = { region: 6.5, departement: 7.5, ti: 8, epci: 9, commune: 11 };

/** How much nearer than as a whole the mainland may be seen, and yet have something beside it. */
const WHOLE_ZOOMS = 0.35;

/** What a state shows: classes and colours, figures, and the territories that a filter lets through. */
interface Shown {
  style: ClassMap;
  figures: Map<number, Figure>;
  kept: Set<number> | undefined;
}

export class App implements Host {
  state: MapState;
  map!: MapLibre;
  /** Fulfilled when the map has followed the last change. */
  drawn: Promise<void> = Promise.resolve();
  private view: MapView | undefined;
  /** In place of the map, where the browser can't draw it. */
  private still: Still | undefined;
  private readonly picker = new Picker(
    (indicator) => this.change({ indicator, year: undefined }),
    (indicator) => this.foresee({ indicator, year: undefined }),
  );
  private readonly years = new Years((year, dragging) => this.change({ year }, dragging));
  private readonly table: Table;
  private readonly chosen: Chosen;
  private readonly share: Share;
  private readonly insets: Insets;

  constructor(
    readonly world: World,
    private readonly embedded: boolean,
  ) {
    this.state = readState(new URL(location.href), this.known);
    this.fit();
    this.chosen = new Chosen(this);
    this.table = new Table(world, (code) => this.chosen.select(code));
    this.share = new Share(world, () => this.map);
    this.insets = new Insets(world.views, (view) => this.goTo(view));
  }

  private get known(): Known {
    const { levels, indicators, overlays } = this.world;
    return { levels, indicators, overlays };
  }

  get territory(): Layer {
    return this.world.territory(this.state.level);
  }

  get views(): View[] {
    return this.world.views;
  }

  get byLevel(): Map<string, Layer> {
    return this.world.byLevel;
  }

  get subject(): Subject {
    const { level, indicator, year } = this.state;
    return { level, indicator, year };
  }

  async start(): Promise<void> {
    const shown = await this.load();
    // The panel is as wide empty as full; but a frame's legend has to be there for the map to keep clear of it.
    if (this.embedded) this.writePanel(shown);
    const padding = roomAround();
    if (this.embedded) layPicture(padding);
    try {
      this.map = openMap({
        container: "map",
        begin: this.state.at ?? this.views[0]!.bounds,
        padding,
        style: compose(shown.style, this.scene(shown), false),
        cooperative: this.embedded,
      });
    } catch (error) {
      if (!cannotDraw(error)) throw error;
      return this.standStill(shown);
    }
    cover(this.map);
    // A whole view is of small scale, where a zoom coarser is hardly told from the right one.
    const refine = this.state.at ? undefined : beginCoarse(this.map);
    await this.map.once("style.load");
    this.view = new MapView(this.map, this.world.byId);
    // Tiles are asked for with the first frame; the panel is written while they come.
    await this.map.once("render");
    if (!this.embedded) this.writePanel(shown);
    addControls(this.map);
    this.followInsets();
    await this.follow(shown);
    this.listen();
    await allTiles(this.map);
    performance.mark("answers");
    // Whose name is under the pointer is asked for before the pointer is there.
    void loadPoints(this.territory).catch(() => undefined);
    this.insets.begin();
    await firstMap(this.map, async () => {
      refine?.();
      await this.view?.complete();
    });
    fadePicture();
  }

  /** Write the panel whole, and then show it: nothing of it moves afterwards. */
  private writePanel({ style }: Shown): void {
    showLevels(this.world.levels, (level) => this.change({ level, selected: undefined, compare: [] }));
    showOverlays(this.world.overlays, (id, on) => this.toggle(id, on));
    showViews(this.views, (view) => this.goTo(view));
    prepareLook((part) => this.change(part));
    prepareSearch((hit) => void this.attempt(() => this.go(hit)));
    this.showControls();
    this.showLegend(style);
    document.body.classList.add("ready");
  }

  /** Go on with a picture in place of the map. */
  private async standStill(shown: Shown): Promise<void> {
    if (!this.embedded) this.writePanel(shown);
    this.still = new Still(this.views, roomAround);
    this.listenBeside();
    await this.follow(shown);
    this.insets.begin();
  }

  private listen(): void {
    this.map.on("zoom", () => this.hint());
    for (const event of ["zoomend", "resize"] as const) this.map.on(event, () => this.followInsets());
    this.map.on("moveend", () => this.keepView());
    this.map.on("click", (event) => this.chosen.click(whatIsAt(this.map, event.point), event.lngLat));
    followPointer(this.map, (met, point) => this.chosen.point(met, point));
    this.listenBeside();
  }

  /** Listen to what happens beside the map. */
  private listenBeside(): void {
    addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.defaultPrevented) this.chosen.close();
    });
    addEventListener("popstate", () => this.back());
    onDeviceTheme(() => this.update());
    this.hint();
  }

  /** Let what exists take the place of what does not, at this level, of this indicator. */
  private fit(): void {
    const { state, world } = this;
    const there = world.indicatorsAt(state.level);
    if (!there.some((item) => item.id === state.indicator)) state.indicator = there[0]?.id ?? "";
    const indicator = world.indicator(state.indicator);
    if (state.year === indicator.periods.at(-1) || !indicator.periods.includes(state.year ?? "")) state.year = undefined;
    Object.assign(state, fitting(state, indicator));
  }

  private showControls(): void {
    const { level, indicator, year, show, theme } = this.state;
    document.documentElement.dataset["theme"] = themeOf(theme).name;
    this.picker.show(this.world.indicatorsAt(level), indicator);
    this.years.show(this.world.indicator(indicator), year);
    checkLevel(level);
    checkOverlays(show);
    aimLanguage();
  }

  private async load(): Promise<Shown> {
    const { filter } = this.state;
    const [style, figures, kept] = await Promise.all([
      loadStyle(this.subject, this.state),
      loadFigures(this.subject),
      filter ? loadKept(this.subject, filter) : undefined,
    ]);
    return { style, figures, kept };
  }

  /** Let all that is seen follow the state. */
  private async draw(): Promise<void> {
    const asked = addressOf({ ...this.state, at: undefined }, new URL(location.href)).search;
    const shown = await this.load();
    // Another change may have come meanwhile, and draws itself.
    if (asked !== addressOf({ ...this.state, at: undefined }, new URL(location.href)).search) return;
    this.showLegend(shown.style);
    await this.follow(shown);
  }

  /** Let map, card, comparison and table follow. */
  private async follow(shown: Shown): Promise<void> {
    const { figures, kept } = shown;
    const { legend } = shown.style.metadata;
    const { filter, theme } = this.state;
    const drawn = this.view?.show(this.scene(shown));
    showFilter(filter, kept?.size, () => this.change({ filter: undefined }));
    await Promise.all([drawn, this.chosen.tell()]);
    this.table.show({ ...this.subject, legend, figures, kept });
    this.share.show(this.state, legend, this.sources());
    const pictured = { ...this.state, theme: themeOf(theme).name };
    this.insets.show(pictured);
    if (!this.still) return;
    this.insets.follow(!pictured.at);
    await this.still.show(pictured, `${texts.map}\u00a0: ${say(legend.title)}`);
  }

  /** Say what the map is to show. */
  private scene({ style, figures, kept }: Shown): Scene {
    const { level, indicator, year, show, filter, theme } = this.state;
    const { form, method, palette, classes } = style.metadata.legend;
    const named = themeOf(theme);
    return {
      style,
      figures,
      kept,
      name: [level, indicator, year, form, method, palette, classes.length, filter, named.name].join(" "),
      territory: this.territory,
      layers: this.world.byId,
      labels: this.world.labels(this.territory),
      counties: ["region", "departement"].includes(level) ? undefined : this.world.byLevel.get("departement"),
      overlays: this.world.shown(show).map((layer) => ({ layer, groups: this.world.groups(layer) })),
      statuses: this.world.statuses(level),
      theme: named,
      basemap: this.world.basemap,
    };
  }

  private showLegend(style: ClassMap): void {
    const indicator = this.world.indicator(this.state.indicator);
    showLegend(style.metadata.legend, themeOf(this.state.theme));
    showLook(style.metadata.legend, indicator);
    showDefinition(indicator);
    showSources(this.sources(), this.still ? undefined : this.world.basemap?.credit);
  }

  private sources(): Source[] {
    const { indicator, show } = this.state;
    return this.world.sources(this.world.indicator(indicator), this.territory, this.world.shown(show));
  }

  /** Change the state, as an entry of the history unless it is replaced. */
  change(part: Partial<MapState>, replace = false): void {
    Object.assign(this.state, part);
    this.fit();
    dropPicture();
    const address = addressOf(this.state, new URL(location.href));
    if (replace) history.replaceState(null, "", address);
    else if (address.href !== location.href) history.pushState(null, "", address);
    if ("level" in part) this.chosen.forget();
    this.update();
  }

  /** Ask ahead for what a change would show: figures that are near are on the map in no time. */
  private foresee(part: Partial<MapState>): void {
    const state = { ...this.state, ...part };
    const look = fitting(state, this.world.indicator(state.indicator));
    // Nothing is lost where it fails: it is asked for again when it is wanted.
    void Promise.all([loadStyle(state, look), loadFigures(state)]).catch(() => undefined);
  }

  private back(): void {
    const { at } = this.state;
    this.state = readState(new URL(location.href), this.known);
    this.fit();
    this.chosen.forget();
    const { at: to } = this.state;
    if (to && !this.still && JSON.stringify(to) !== JSON.stringify(at)) this.map.jumpTo({ center: to, zoom: to.zoom });
    this.update();
  }

  private update(): void {
    this.showControls();
    // Until the map is open, what is chosen is shown as it opens.
    if (!this.view && !this.still) return;
    this.chosen.point(undefined, undefined);
    this.hint();
    this.drawn = this.attempt(() => this.draw());
  }

  async attempt(action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      console.warn(error);
      showFailure(error instanceof Error ? error.message : undefined);
    }
  }

  private goTo(view: View): void {
    if (this.still) return this.change({ at: this.still.placeOf(view) });
    this.map.fitBounds(view.bounds, { padding: roomAround() });
  }

  private followInsets(): void {
    const whole = this.map.cameraForBounds(this.views[0]!.bounds, { padding: roomAround() })?.zoom ?? 0;
    this.insets.follow(this.map.getZoom() <= whole + WHOLE_ZOOMS);
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
    aimLanguage();
  }

  private hint(): void {
    if (this.still) return showMotionless();
    // MapLibre asks for the tiles of the zoom's whole part.
    const zoom = Math.floor(this.map.getZoom());
    const layers = [this.territory, ...this.world.shown(this.state.show)];
    const hidden = layers.filter((layer) => zoom < (this.world.groups(layer) ?? layer).min_zoom);
    showHint(hidden.map((layer) => word(texts.several, layer.level ?? layer.id, say(layer.title))));
  }

  /** Mark territories on the map with a state, and no others. */
  mark(state: string, ids: number[]): void {
    this.view?.mark(state, ids);
  }

  approach(center: LngLat, zoom: number): void {
    this.map.easeTo({ center, zoom });
  }

  /** Go to a territory that was searched. */
  private async go({ level, code }: Hit): Promise<void> {
    const other = level !== this.state.level;
    this.chosen.forget();
    this.change({ level, selected: code, ...(other ? { compare: [] } : {}) });
    await this.drawn;
    const point = (await loadPlaces(this.territory)).get(code);
    if (!point) return;
    const near = NEAR_ZOOM[level] ?? 8;
    if (this.still) return this.change({ at: this.still.around(point.at, near) }, true);
    const zoom = Math.max(this.map.getZoom(), near);
    this.map.easeTo({ center: point.at, zoom, padding: roomAround() });
  }
}
