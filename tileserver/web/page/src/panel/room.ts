// What the panel, the sources and what lies overseas leave of the window, and where in a frame the latter goes.

import { byId } from "../dom";
import type { Room } from "../map/first";

export const NARROW = matchMedia("(max-width: 720px)");

const BARE: Room = { top: 20, right: 20, bottom: 46, left: 20 };

/** Pixels above a folded panel: the sources in several lines. */
const CREDITS = 66;

/** Keep the view clear of the panel, and of what lies beside it. styles/map.css lays the first picture there too. */
export function roomAround(): Room {
  if (document.body.classList.contains("embed")) return layFrame().room;
  const box = byId("panel").getBoundingClientRect();
  const told = motionless();
  const top = told ? told.bottom + 14 : 0;
  if (NARROW.matches) return { ...BARE, top: Math.max(20, top), bottom: Math.min(box.height, innerHeight / 2) + CREDITS };
  const beside = byId("insets").getBoundingClientRect();
  return { top: Math.max(30, top), right: 60, bottom: 40, left: Math.max(box.right + 30, beside.right + 24) };
}

/** Where a page without a moving map says so: under nothing of the picture. */
function motionless(): DOMRect | undefined {
  return document.body.classList.contains("motionless") ? byId("hint").getBoundingClientRect() : undefined;
}

/** Where the boxes of a frame lie: under or beside the legend, in a row at the bottom, or in a column. */
export type Place = "under" | "beside" | "row" | "column";

interface Layout {
  room: Room;
  place: Place | undefined;
  /** The boxes in a row. */
  columns: number;
  /** Pixels from the bottom of the window to the top of the sources. */
  floor: number;
}

/** Pixels of a box with its name; styles/map.css has the same. */
const BOX = { width: 74, height: 70 };

const EDGE = 10;
const GAP = 8;

/** Pixels at the right that the buttons of the zoom take, and the scale at the bottom. */
const BUTTONS = 52;
const SCALE = { width: 130, height: 30 };

/** A frame that wants no boxes, or, of a map alone, shows a card where they would be. */
const NO_BOXES = ".without-insets, .without-legend.without-search:has(#card:not([hidden]))";

/** In a smaller frame the map has all the room. */
const LEAST = { width: 480, height: 400 };

/** What of its side the map must keep, for the boxes to be there. */
const KEPT = 0.9;

/** Lay out a frame: the map where a square one can be largest, and the boxes where they cover nothing and cost little. */
export function layFrame(): Layout {
  const legend = byId("panel").getBoundingClientRect();
  const sources = (motionless() ?? byId("credits").getBoundingClientRect()).top;
  const floor = innerHeight - sources;
  const bare = { ...BARE, bottom: floor + (motionless() ? GAP : SCALE.height) };
  const beside = { ...bare, left: legend.right + 20 };
  const below = { ...bare, top: legend.bottom + 10 };
  const without = (legend.width ? [beside, below] : [bare]).map((room) => ({ room, place: undefined, columns: 0, floor }));
  const layouts: Layout[] = [...without];
  const small = innerWidth < LEAST.width || innerHeight < LEAST.height;
  const count = small || document.body.matches(NO_BOXES) ? 0 : byId("insets").childElementCount;
  const add = (place: Place, most: number, lay: (width: number, height: number) => Room | false) => {
    const columns = Math.min(most, count);
    const [width, height] = [extent(columns, BOX.width), extent(Math.ceil(count / columns), BOX.height)];
    const room = count > 0 && lay(width, height);
    if (room) layouts.push({ room, place, columns, floor });
  };
  const row = (room: Room) => (width: number, height: number) =>
    EDGE + width + SCALE.width <= innerWidth && { ...room, bottom: floor + GAP + height + GAP };
  if (legend.width) {
    add("under", 3, (width, height) =>
      legend.bottom + 2 * GAP + height <= sources && { ...beside, left: Math.max(beside.left, EDGE + width + 20) });
    add("beside", 3, (width, height) =>
      legend.right + GAP + width + BUTTONS <= innerWidth && { ...below, top: Math.max(below.top, EDGE + height + 10) });
    add("row", count, row(below));
  } else {
    add("column", 1, (width, height) => EDGE + height + GAP <= sources && { ...bare, left: EDGE + width + 20 });
    add("row", count, row(bare));
  }
  const largest = (found: Layout[]) => found.reduce((best, each) => (side(each.room) > side(best.room) ? each : best));
  const plain = largest(without);
  const boxed = layouts.filter(({ place, room }) => place && side(room) >= KEPT * side(plain.room));
  return boxed.length ? largest(boxed) : plain;
}

const extent = (count: number, size: number) => count * size + (count - 1) * GAP;

const side = ({ top, right, bottom, left }: Room) => Math.min(innerWidth - left - right, innerHeight - top - bottom);
