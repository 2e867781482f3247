// How layers of points are drawn, on the map and in the legend.

import type { DataDrivenPropertyValueSpecification, ExpressionSpecification, LayerSpecification } from "maplibre-gl";

import type { Layer } from "../types";

export interface PointLook {
  colour: string;
  shape: "circle" | "diamond";
  /** The field whose m² the discs follow. */
  area?: string;
}

const LOOKS: Record<string, PointLook> = {
  friches: { colour: "#c2521f", shape: "circle", area: "site_surface" },
  qpv: { colour: "#7a2f7f", shape: "diamond" },
};

const OTHER: PointLook = { colour: "#3d4450", shape: "circle" };

/** Say how a layer of points is drawn. */
export const pointLook = (id: string): PointLook => LOOKS[id] ?? OTHER;

/** Draw a layer of points. */
export function pointLayer(overlay: Layer): LayerSpecification {
  const look = pointLook(overlay.id);
  const place = { id: `points-${overlay.id}`, source: overlay.id, "source-layer": overlay.id };
  if (look.shape === "diamond") {
    return {
      ...place,
      type: "symbol",
      layout: {
        "icon-image": `diamond-${overlay.id}`,
        "icon-allow-overlap": true,
        "icon-ignore-placement": true,
        "icon-size": ["interpolate", ["linear"], ["zoom"], 6, 0.5, 11, 0.95],
      },
    };
  }
  return {
    ...place,
    type: "circle",
    // Large sites below, so that small ones are not lost under them.
    layout: look.area ? { "circle-sort-key": ["-", 0, ["coalesce", ["get", look.area], 0]] } : {},
    paint: {
      "circle-color": look.colour,
      "circle-opacity": 0.9,
      "circle-stroke-color": "#ffffff",
      "circle-stroke-width": ["interpolate", ["linear"], ["zoom"], 6, 0.3, 10, 1],
      "circle-radius": [
        "interpolate", ["linear"], ["zoom"], 6, radius(look, 0.45), 11, radius(look, 1),
      ] as DataDrivenPropertyValueSpecification<number>,
    },
  };
}

/** Make the disc's area follow the site's: the square root of m², held between readable sizes. */
function radius(look: PointLook, factor: number): ExpressionSpecification | number {
  if (!look.area) return 5 * factor;
  const side: ExpressionSpecification = ["sqrt", ["max", 0, ["coalesce", ["get", look.area], 0]]];
  return ["interpolate", ["linear"], side, 0, 3 * factor, 100, 4.5 * factor, 1000, 16 * factor];
}

/** Draw the diamond of a layer of points, as pixels for MapLibre. */
export function diamond(colour: string, ratio: number): ImageData {
  const side = Math.round(18 * ratio);
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side;
  const context = canvas.getContext("2d");
  if (!context) throw new Error("this browser draws no canvas");
  const middle = side / 2;
  const reach = middle - 1.5 * ratio;
  context.beginPath();
  context.moveTo(middle, middle - reach);
  context.lineTo(middle + reach, middle);
  context.lineTo(middle, middle + reach);
  context.lineTo(middle - reach, middle);
  context.closePath();
  context.fillStyle = colour;
  context.fill();
  context.lineWidth = 1.5 * ratio;
  context.strokeStyle = "#ffffff";
  context.stroke();
  return context.getImageData(0, 0, side, side);
}
