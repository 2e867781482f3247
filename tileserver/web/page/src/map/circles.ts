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

/** Figures to be drawn as circles. */
export interface Circled {
  layer: Layer;
  figures: Map<number, Figure>;
  /** Their scale; none where they are no circles. */
  circles: Circles | null;
  /** The territories that a filter lets through; undefined without one. */
  kept: Set<number> | undefined;
}

/** So many points are handed over whole; of more, those around the view. */
const FEW = 3000;

/** How far circles reach beyond each side of the view, in parts of it: each one handed over takes 7 µs. */
const AROUND = 0.25;

/** A box in degrees: west, south, east, north. */
type Box = [number, number, number, number];

/** Puts circles on the map, and more of them as it moves. */
export class CirclePoints {
  private now: Circled | undefined;
  /** Where the circles are that the map has; undefined for everywhere. */
  private there: Box | undefined;

  constructor(private readonly map: MapLibre) {
    map.on("move", () => {
      if (this.there && !within(boxOf(map), this.there)) void this.draw();
    });
  }

  /** Show other circles; fulfilled when the map has been given them. */
  async show(circled: Circled): Promise<void> {
    this.now = circled;
    await this.draw();
  }

  private async draw(): Promise<void> {
    const circled = this.now!;
    const { features } = circled.circles ? await loadPoints(circled.layer) : NO_CIRCLES;
    // Others may have been asked for meanwhile.
    if (circled !== this.now) return;
    const there = features.length > FEW ? grown(boxOf(this.map)) : undefined;
    this.there = there;
    const near = there ? features.filter(({ geometry }) => holds(there, geometry.coordinates)) : features;
    const source = this.map.getSource<GeoJSONSource>("circles");
    source?.setData(circled.circles ? join(near, circled.circles, circled) : NO_CIRCLES);
  }
}

const boxOf = (map: MapLibre): Box => map.getBounds().toArray().flat() as Box;

function grown([west, south, east, north]: Box): Box {
  const [wide, high] = [(east - west) * AROUND, (north - south) * AROUND];
  return [west - wide, south - high, east + wide, north + high];
}

const holds = ([west, south, east, north]: Box, [lon = 0, lat = 0]: number[]): boolean =>
  lon >= west && lon <= east && lat >= south && lat <= north;

const within = ([west, south, east, north]: Box, outer: Box): boolean =>
  holds(outer, [west, south]) && holds(outer, [east, north]);

function join(
  points: Feature<Point>[],
  circles: Circles,
  { figures, kept }: Circled,
): FeatureCollection<Point> {
  const features: Feature<Point>[] = [];
  for (const { id, geometry } of points) {
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
