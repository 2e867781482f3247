// The map itself: MapLibre, its pointer, and what lies under it.

import { Map as MapLibre, NavigationControl, ScaleControl } from "./maplibre/maplibre-gl.mjs";

import { diamond, pointLook } from "./layers.js";
import { mapLocale } from "./texts.js";

const POINT_REACH_PX = 4;

/** Open an empty map. `view` is where it begins when the address does not say. */
export async function openMap(container, view, padding) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = new MapLibre({
    container,
    style: { version: 8, sources: {}, layers: [], ...(calm ? { transition: { duration: 0, delay: 0 } } : {}) },
    fadeDuration: calm ? 0 : 300,
    hash: true,
    bounds: view.bounds,
    fitBoundsOptions: { padding },
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

function addDiamond(map, id) {
  if (!id.startsWith("diamond-") || map.hasImage(id)) return;
  const ratio = Math.max(1, Math.round(devicePixelRatio));
  map.addImage(id, diamond(pointLook(id.slice("diamond-".length)).colour, ratio), { pixelRatio: ratio });
}

/** Find what is at a point of the screen: a point layer's site before the territory below it. */
export function whatIsAt(map, point, overlays) {
  const layers = overlays.map((overlay) => `points-${overlay.id}`).filter((id) => map.getLayer(id));
  const { x, y } = point;
  const box = [
    [x - POINT_REACH_PX, y - POINT_REACH_PX],
    [x + POINT_REACH_PX, y + POINT_REACH_PX],
  ];
  const [site] = layers.length ? map.queryRenderedFeatures(box, { layers }) : [];
  if (site) return site;
  return map.getLayer("choropleth") ? map.queryRenderedFeatures(point, { layers: ["choropleth"] })[0] : undefined;
}

/** Follow the pointer: outline the territory below it, and tell `show` what it is (undefined: nothing). */
export function followPointer(map, overlaysShown, show) {
  let outlined;
  const outline = (feature) => {
    if (outlined && map.getSource(outlined.source)) map.setFeatureState(outlined, { hover: false });
    outlined = feature && { source: feature.source, sourceLayer: feature.sourceLayer, id: feature.id };
    if (outlined) map.setFeatureState(outlined, { hover: true });
  };
  map.on("mousemove", (event) => {
    if (map.isMoving()) return;
    const feature = whatIsAt(map, event.point, overlaysShown());
    map.getCanvas().style.cursor = feature ? "pointer" : "";
    outline(feature?.layer.id === "choropleth" ? feature : undefined);
    show(feature, event.point);
  });
  const leave = () => {
    outline(undefined);
    show(undefined);
  };
  map.on("mouseout", leave);
  map.on("movestart", leave);
}
