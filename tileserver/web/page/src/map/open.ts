// The map itself: MapLibre, its pointer, and what lies under it.

import {
  Map as MapLibre,
  NavigationControl,
  ScaleControl,
  setWorkerUrl,
  type FeatureIdentifier,
  type LngLatBoundsLike,
  type MapGeoJSONFeature,
  type PaddingOptions,
  type Point,
} from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";

import type { Place } from "../state";
import { mapLocale } from "../text/texts";
import type { Layer } from "../types";
import { diamond, pointLook } from "./points";

const POINT_REACH_PX = 4;

/** Whether the reader asked for no movement. */
export const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;

// From our own origin: a worker made of a blob would need a weaker policy.
setWorkerUrl(new URL(workerUrl, document.baseURI).href);

/** Open an empty map, at a place, or with some bounds in view. */
export async function openMap(
  container: string,
  begin: Place | LngLatBoundsLike,
  padding: PaddingOptions,
): Promise<MapLibre> {
  const view =
    "zoom" in begin
      ? { center: [begin.lon, begin.lat] as [number, number], zoom: begin.zoom }
      : { bounds: begin, fitBoundsOptions: { padding } };
  const map = new MapLibre({
    container,
    style: { version: 8, sources: {}, layers: [], ...(calm ? { transition: { duration: 0, delay: 0 } } : {}) },
    fadeDuration: calm ? 0 : 300,
    ...view,
    minZoom: 1,
    maxZoom: 16,
    dragRotate: false,
    pitchWithRotate: false,
    attributionControl: false, // the page writes its own credits, once for all sources
    locale: mapLocale,
    refreshExpiredTiles: false,
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new ScaleControl({ unit: "metric" }), "bottom-right");
  map.setMissingStyleImageResolver((id) => addDiamond(map, id));
  await map.once("style.load");
  return map;
}

function addDiamond(map: MapLibre, id: string): void {
  if (!id.startsWith("diamond-") || map.hasImage(id)) return;
  const ratio = Math.max(1, Math.round(devicePixelRatio));
  map.addImage(id, diamond(pointLook(id.slice("diamond-".length)).colour, ratio), { pixelRatio: ratio });
}

/** Find what is at a point of the screen: a point layer's site before the territory below it. */
export function whatIsAt(map: MapLibre, point: Point, overlays: Layer[]): MapGeoJSONFeature | undefined {
  const layers = overlays.map((overlay) => `points-${overlay.id}`).filter((id) => map.getLayer(id));
  const { x, y } = point;
  const [site] = layers.length
    ? map.queryRenderedFeatures(
        [
          [x - POINT_REACH_PX, y - POINT_REACH_PX],
          [x + POINT_REACH_PX, y + POINT_REACH_PX],
        ],
        { layers },
      )
    : [];
  if (site) return site;
  return map.getLayer("choropleth") ? map.queryRenderedFeatures(point, { layers: ["choropleth"] })[0] : undefined;
}

/** Follow the pointer: outline the territory below it, and tell `show` what it is (undefined: nothing). */
export function followPointer(
  map: MapLibre,
  overlaysShown: () => Layer[],
  show: (feature: MapGeoJSONFeature | undefined, point: Point) => void,
): void {
  let outlined: FeatureIdentifier | undefined;
  const outline = (feature: MapGeoJSONFeature | undefined) => {
    if (outlined && map.getSource(outlined.source)) map.setFeatureState(outlined, { hover: false });
    outlined = feature && {
      source: feature.source,
      ...(feature.sourceLayer ? { sourceLayer: feature.sourceLayer } : {}),
      ...(feature.id === undefined ? {} : { id: feature.id }),
    };
    if (outlined) map.setFeatureState(outlined, { hover: true });
  };
  map.on("mousemove", (event) => {
    if (map.isMoving()) return;
    const feature = whatIsAt(map, event.point, overlaysShown());
    map.getCanvas().style.cursor = feature ? "pointer" : "";
    outline(feature?.layer.id === "choropleth" ? feature : undefined);
    show(feature, event.point);
  });
  const leave = (event: { point?: Point }) => {
    outline(undefined);
    if (event.point) show(undefined, event.point);
  };
  map.on("mouseout", leave);
  map.on("movestart", () => outline(undefined));
}
