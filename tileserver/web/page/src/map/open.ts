// MapLibre, opened as this page wants it.

import {
  Map as MapLibre,
  NavigationControl,
  prewarm,
  ScaleControl,
  setWorkerUrl,
  type LngLatBoundsLike,
  type PaddingOptions,
  type StyleSpecification,
} from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";

import type { Place } from "../state";
import { mapLocale } from "../text/texts";

/** Whether the reader asked for no movement. */
export const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;

// From our own origin: a worker made of a blob would need a weaker policy.
setWorkerUrl(new URL(workerUrl, document.baseURI).href);

// The worker is fetched while the catalogue is.
prewarm();

export interface Opening {
  container: string;
  /** A place, or bounds to have in view. */
  begin: Place | LngLatBoundsLike;
  padding: PaddingOptions;
  style: StyleSpecification;
  /** In another page: scrolling that page must not zoom the map. */
  cooperative: boolean;
}

/** Open a map; it has its style with the event `style.load`. */
export function openMap({ container, begin, padding, style, cooperative }: Opening): MapLibre {
  const view =
    "zoom" in begin
      ? { center: [begin.lon, begin.lat] as [number, number], zoom: begin.zoom }
      : { bounds: begin, fitBoundsOptions: { padding } };
  const map = new MapLibre({
    container,
    style,
    validateStyle: false, // it is ours; tests/web/page/test_drawing.py has it validated
    fadeDuration: calm ? 0 : 300,
    ...view,
    minZoom: 1,
    maxZoom: 16,
    dragRotate: false,
    pitchWithRotate: false,
    attributionControl: false, // the page writes its own credits, once for all sources
    cooperativeGestures: cooperative,
    locale: mapLocale,
    refreshExpiredTiles: false,
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  return map;
}

/** Add buttons and a scale; they keep clear of the sources, which are there before. */
export function addControls(map: MapLibre): void {
  map.addControl(new NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new ScaleControl({ unit: "metric" }), "bottom-right");
}
