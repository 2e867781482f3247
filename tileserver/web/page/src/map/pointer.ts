// What lies under the pointer.

import type { Map as MapLibre, MapGeoJSONFeature, Point } from "maplibre-gl";

import { isOverlay } from "./overlays";

const POINT_REACH_PX = 4;

/** What was met on the map: a territory by the id of its feature, or a feature of an overlay. */
export type Met = { kind: "territory"; id: number } | { kind: "overlay"; feature: MapGeoJSONFeature };

/** Whether two things met are one. */
export function same(one: Met | undefined, other: Met | undefined): boolean {
  if (!one || !other || one.kind !== other.kind) return one === other;
  if (one.kind === "territory" && other.kind === "territory") return one.id === other.id;
  if (one.kind === "overlay" && other.kind === "overlay") {
    return one.feature.id === other.feature.id && one.feature.layer.id === other.feature.layer.id;
  }
  return false;
}

/** Find what is at a point of the screen: sites and groups, then circles, then zonings, then the territory. */
export function whatIsAt(map: MapLibre, point: Point): Met | undefined {
  const ids = map.getLayersOrder().filter(isOverlay);
  const near = (layers: string[]) => {
    const { x, y } = point;
    const box: [[number, number], [number, number]] = [
      [x - POINT_REACH_PX, y - POINT_REACH_PX],
      [x + POINT_REACH_PX, y + POINT_REACH_PX],
    ];
    return layers.length ? map.queryRenderedFeatures(box, { layers }) : [];
  };
  const [site] = near(ids.filter((id) => /^(points|groups)-/.test(id)));
  if (site) return { kind: "overlay", feature: site };
  // Circles are drawn the largest first, hence the smallest is met first.
  const [circle] = map.getLayer("circles") ? map.queryRenderedFeatures(point, { layers: ["circles"] }) : [];
  if (circle) return { kind: "territory", id: Number(circle.id) };
  const zonings = ids.filter((id) => /^(zoning|line)-/.test(id) && !/-(hatch|outline)$/.test(id));
  const [area] = zonings.length ? map.queryRenderedFeatures(point, { layers: zonings }) : [];
  if (area) return { kind: "overlay", feature: area };
  const [territory] = map.getLayer("choropleth") ? map.queryRenderedFeatures(point, { layers: ["choropleth"] }) : [];
  return territory && { kind: "territory", id: Number(territory.id) };
}

/** Follow the pointer, and tell `show` what is below it (undefined: nothing). */
export function followPointer(map: MapLibre, show: (met: Met | undefined, point: Point | undefined) => void): void {
  map.on("mousemove", (event) => {
    if (map.isMoving()) return;
    const met = whatIsAt(map, event.point);
    map.getCanvas().style.cursor = met ? "pointer" : "";
    show(met, event.point);
  });
  const leave = () => show(undefined, undefined);
  map.on("mouseout", leave);
  map.on("movestart", leave);
}
