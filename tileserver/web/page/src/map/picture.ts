// A picture of the map to take away: title, map, legend, sources.

import type { Map as MapLibre } from "maplibre-gl";

import { say, texts } from "../text/texts";
import type { Legend } from "../types";
import { radiusOf } from "./circles";
import { drawPattern, inked } from "./patterns";
import { groundOf, type Theme } from "./theme";

const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif";
const EDGE = 24;
const LEGEND = 300;
const LINE = 24;

export interface Caption {
  title: string;
  subtitle: string;
  credits: string;
  legend: Legend;
  theme: Theme;
}

/** Draw the map as it is on the screen, with its caption, as a PNG. */
export async function picture(map: MapLibre, caption: Caption): Promise<Blob> {
  const seen = await canvasOf(map);
  const ratio = seen.width / map.getContainer().clientWidth;
  const canvas = document.createElement("canvas");
  const [width, height] = [seen.width / ratio, seen.height / ratio];
  const below = 74;
  canvas.width = Math.round((width + LEGEND) * ratio);
  canvas.height = Math.round((height + below + 34) * ratio);
  const context = canvas.getContext("2d");
  if (!context) throw new Error("this browser draws no canvas");
  context.scale(ratio, ratio);
  const dark = caption.theme.name === "dark";
  const [paper, ink, quiet] = dark ? ["#1d262c", "#f1f4f5", "#b4bfc6"] : ["#fbfaf7", "#26323b", "#5d6870"];
  context.fillStyle = paper;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(seen, 0, below, width, height);
  context.fillStyle = ink;
  write(context, caption.title, EDGE, 34, 600, 20, width + LEGEND - 2 * EDGE);
  context.fillStyle = quiet;
  write(context, caption.subtitle, EDGE, 58, 400, 14, width + LEGEND - 2 * EDGE);
  drawLegend(context, caption, width + EDGE, below + 20, ink, quiet);
  context.fillStyle = quiet;
  write(context, caption.credits, EDGE, below + height + 22, 400, 11, width + LEGEND - 2 * EDGE);
  return new Promise((done, fail) =>
    canvas.toBlob((blob) => (blob ? done(blob) : fail(new Error("the picture could not be made"))), "image/png"),
  );
}

/** Copy the map's canvas in the very frame in which it is drawn; afterwards it is empty. */
function canvasOf(map: MapLibre): Promise<HTMLCanvasElement> {
  return new Promise((done) => {
    map.once("render", () => {
      const seen = map.getCanvas();
      const copy = document.createElement("canvas");
      copy.width = seen.width;
      copy.height = seen.height;
      copy.getContext("2d")?.drawImage(seen, 0, 0);
      done(copy);
    });
    map.triggerRepaint();
  });
}

function write(
  context: CanvasRenderingContext2D, text: string, x: number, y: number, weight: number, size: number, most: number,
): void {
  context.font = `${weight} ${size}px ${FONT}`;
  let said = text;
  while (context.measureText(said).width > most && said.length > 4) said = `${said.slice(0, -2).trimEnd()}…`;
  context.fillText(said, x, y);
}

function drawLegend(
  context: CanvasRenderingContext2D, { legend, theme }: Caption, x: number, top: number, ink: string, quiet: string,
): void {
  let y = top;
  const line = (draw: (y: number) => void, text: string, count?: number) => {
    draw(y);
    context.fillStyle = ink;
    write(context, text, x + 38, y + 14, 400, 13, LEGEND - 2 * EDGE - 80);
    if (count !== undefined) {
      context.fillStyle = quiet;
      context.textAlign = "right";
      write(context, String(count), x + LEGEND - 2 * EDGE, y + 14, 400, 12, 60);
      context.textAlign = "left";
    }
    y += LINE;
  };
  for (const { colour, label, count } of legend.classes) {
    line((at) => square(context, colour, x, at), say(label), count);
  }
  for (const { value, label } of legend.circles?.legend ?? []) {
    line((at) => disc(context, legend, value, x + 13, at + 9), say(label));
    y += 6;
  }
  y += 8;
  for (const { label, count, pattern, everywhere } of legend.statuses) {
    if (everywhere) continue;
    line((at) => {
      square(context, pattern.ground === null ? groundOf(legend, theme) : theme.noData, x, at);
      const tile = document.createElement("canvas");
      const image = drawPattern(inked(pattern, legend, theme), theme, 1);
      [tile.width, tile.height] = [image.width, image.height];
      tile.getContext("2d")?.putImageData(image, 0, 0);
      const fill = context.createPattern(tile, "repeat");
      if (fill) square(context, fill, x, at);
    }, say(label), count);
  }
  const told = legend.statuses.filter((entry) => entry.everywhere).map((entry) => texts.everywhere(say(entry.label)));
  context.fillStyle = quiet;
  if (told.length) write(context, told.join(" "), x, y + 14, 400, 12, LEGEND - 2 * EDGE);
}

function square(context: CanvasRenderingContext2D, fill: string | CanvasPattern, x: number, y: number): void {
  context.fillStyle = fill;
  context.fillRect(x, y, 26, 18);
}

function disc(context: CanvasRenderingContext2D, legend: Legend, value: number, x: number, y: number): void {
  if (!legend.circles) return;
  context.beginPath();
  context.arc(x, y, Math.min(radiusOf(value, legend.circles), 15), 0, 2 * Math.PI);
  context.globalAlpha = legend.circles.opacity;
  context.fillStyle = legend.circles.colour;
  context.fill();
  context.globalAlpha = 1;
}
