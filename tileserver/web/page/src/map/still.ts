// What a browser that cannot draw the map shows in its place: the picture that came first, which follows the state.

import { GPUInitializationError, MercatorCoordinate } from "maplibre-gl";

import { statePicture } from "../api";
import { byId, make } from "../dom";
import type { MapState, Place } from "../state";
import type { View } from "../types";
import { keepPicture, layPicture, type Room } from "./first";

/** CSS pixels of a picture of the whole; styles/map.css fits it into the room that the panel leaves. */
const WHOLE = 760;

/** The shortest and the longest side of a picture that the server draws. */
const SIDES = [64, 2000] as const;

/** Pixels that the world is wide at zoom 0. */
const WORLD = 512;

/** A slider that is dragged asks for the picture of where it comes to rest. */
const REST_MS = 200;

/** Whether a map could not be opened because the browser has no WebGL. */
export const cannotDraw = (error: unknown): boolean => error instanceof GPUInitializationError;

export class Still {
  private readonly picture = keepPicture();
  private url = "";
  private shown: { state: MapState; name: string } | undefined;

  /** Of the first of the views there is a picture where the state names no place. */
  constructor(
    private readonly views: View[],
    private readonly room: () => Room,
  ) {
    document.body.classList.add("motionless");
    byId("map").replaceChildren(this.picture);
    addEventListener("resize", () => void this.draw().catch(() => undefined));
  }

  /** Show the map of a state, named for those who don't see it; the last one that is asked for stays. */
  show(state: MapState, name: string): Promise<void> {
    this.shown = { state: { ...state }, name };
    return this.draw();
  }

  private async draw(): Promise<void> {
    if (!this.shown) return;
    layPicture(this.room());
    const { state, name } = this.shown;
    const [width, height] = state.at ? [within(innerWidth), within(innerHeight)] : [WHOLE, WHOLE];
    const url = statePicture(`view/${width}x${height}.webp`, state);
    if (url === this.url) return;
    // The page came with a picture of the state that it was opened with.
    const first = this.url ? null : this.picture.querySelector("img");
    this.url = url;
    if (first && (!state.at || (first.width >= width && first.height >= height))) {
      first.alt = name;
      return;
    }
    await new Promise((rested) => setTimeout(rested, REST_MS));
    if (url !== this.url) return;
    const image = make("img", { src: url, width, height, alt: name });
    try {
      await image.decode();
    } catch {
      if (url === this.url) throw new Error("");
    }
    if (url !== this.url) return;
    this.picture.className = state.at ? "first at" : this.views.length > 1 ? "first view beside" : "first view";
    this.picture.replaceChildren(image);
  }

  /** Find the place from which a view is seen; undefined for the whole. */
  placeOf(view: View): Place | undefined {
    if (view === this.views[0]) return undefined;
    const [west, south, east, north] = view.bounds;
    const [one, other] = [MercatorCoordinate.fromLngLat([west, north]), MercatorCoordinate.fromLngLat([east, south])];
    const { top, right, bottom, left } = this.room();
    const across = (innerWidth - left - right) / (other.x - one.x);
    const down = (innerHeight - top - bottom) / (other.y - one.y);
    const zoom = Math.max(1, Math.log2(Math.max(1, Math.min(across, down)) / WORLD));
    return this.centred((one.x + other.x) / 2, (one.y + other.y) / 2, zoom);
  }

  /** Find the place from which a point is seen. */
  around(point: [number, number], zoom: number): Place {
    const { x, y } = MercatorCoordinate.fromLngLat(point);
    return this.centred(x, y, zoom);
  }

  /** Find the place whose window has some point of the world in the middle of its room. */
  private centred(x: number, y: number, zoom: number): Place {
    const { top, right, bottom, left } = this.room();
    const pixels = 2 * WORLD * 2 ** zoom;
    const { lng, lat } = new MercatorCoordinate(x - (left - right) / pixels, y - (top - bottom) / pixels).toLngLat();
    return { zoom, lat, lon: lng };
  }
}

const within = (side: number) => Math.min(SIDES[1], Math.max(SIDES[0], side));
