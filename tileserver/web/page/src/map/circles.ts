// Proportional circles: a point a territory, the values of all joined here, the largest drawn first.

import type { Feature, FeatureCollection, Point } from "geojson";
import type { ExpressionSpecification, GeoJSONSource, LayerSpecification, Map as MapLibre } from "maplibre-gl";

import { loadPoints } from "../api";
import type { Circles, Figure, Layer } from "../types";

const DIMMED = 0.2;

export const NO_CIRCLES: FeatureCollection<Point> = { type: "FeatureCollection", features: [] };

/** Give the radius of a value at the zoom at which circles begin to grow. */
export const radiusOf = (value: number, { radius, maximum }: Circles): number =>
  maximum ? radius * Math.sqrt(Math.abs(value) / maximum) : 0;

/** Draw circles. All of their look comes with the points: another indicator is other data and the same style. */
export function circleLayer(circles: Circles | null): LayerSpecification {
  const zoom = circles?.zoom ?? { from: 5, to: 8, growth: 1.3 };
  const size: ExpressionSpecification = ["get", "radius"];
  const grown = zoom.growth ** (zoom.to - zoom.from);
  return {
    id: "circles",
    type: "circle",
    source: "circles",
    paint: {
      "circle-radius": [
        "interpolate", ["exponential", zoom.growth], ["zoom"], zoom.from, size, zoom.to, ["*", grown, size],
      ],
      "circle-color": ["get", "colour"],
      "circle-opacity": ["get", "opacity"],
      "circle-stroke-color": ["get", "stroke"],
      "circle-stroke-width": ["get", "width"],
      "circle-stroke-opacity": ["get", "seen"],
    },
  };
}

/** Put the circles of some figures on the map; none without a scale. */
export async function showCircles(
  map: MapLibre,
  territory: Layer,
  figures: Map<number, Figure>,
  circles: Circles | null,
  kept: Set<number> | undefined,
): Promise<void> {
  const points = circles ? await loadPoints(territory) : NO_CIRCLES;
  const source = map.getSource<GeoJSONSource>("circles");
  if (!source) return;
  source.setData(circles ? join(points, figures, circles, kept) : NO_CIRCLES);
}

function join(
  points: FeatureCollection<Point>,
  figures: Map<number, Figure>,
  circles: Circles,
  kept: Set<number> | undefined,
): FeatureCollection<Point> {
  const features: Feature<Point>[] = [];
  for (const { id, geometry } of points.features) {
    const value = figures.get(Number(id))?.value;
    if (!value || id === undefined) continue;
    const seen = kept !== undefined && !kept.has(Number(id)) ? DIMMED : 1;
    const stroke = value < 0 ? circles.outline : circles.stroke;
    const properties = {
      radius: radiusOf(value, circles),
      colour: circles.colour,
      opacity: value < 0 ? 0 : circles.opacity * seen,
      stroke: stroke.colour,
      width: stroke.width,
      seen,
    };
    features.push({ type: "Feature", id, geometry, properties });
  }
  features.sort((one, other) => other.properties?.["radius"] - one.properties?.["radius"]);
  return { type: "FeatureCollection", features };
}
