// What a reader takes away: files of the figures, a picture, a link, the code of an embedded map.

import type { Map as MapLibre } from "maplibre-gl";

import { address, statePicture } from "../api";
import { byId, make } from "../dom";
import { picture } from "../map/picture";
import { themeOf } from "../map/theme";
import { addressOf, type MapState } from "../state";
import { language, say, texts, word } from "../text/texts";
import type { Legend, Source } from "../types";
import type { World } from "../world";
import { creditsOf } from "./legend";
import { showFailure } from "./shell";
import { periodText } from "./years";

const COPIED_MS = 2500;

/** The picture that the server draws of a map, with its legend. */
const DRAWN = "static/1200x900.png";

export class Share {
  private shown: { state: MapState; legend: Legend; sources: Source[] } | undefined;
  private readonly dialog = byId<HTMLDialogElement>("share");

  constructor(
    private readonly world: World,
    private readonly map: () => MapLibre | undefined,
  ) {
    byId("open-share").addEventListener("click", () => {
      this.write();
      this.dialog.showModal();
    });
    byId("share-close").addEventListener("click", () => this.dialog.close());
    byId("download-png").addEventListener("click", () => void this.savePicture());
    for (const button of document.querySelectorAll<HTMLButtonElement>("[data-copies]")) {
      button.addEventListener("click", () => void copy(button));
    }
  }

  /** Let links be of other figures. */
  show(state: MapState, legend: Legend, sources: Source[]): void {
    this.shown = { state: { ...state }, legend, sources };
    const { level, indicator, year, filter } = state;
    const link = (id: string, path: string, query: Record<string, string | undefined>) =>
      (byId<HTMLAnchorElement>(id).href = address(path, query));
    link("download-csv", `indicators/${indicator}`, { level, year, filter, f: "csv" });
    const rows = { indicators: indicator, year, filter };
    link("download-geojson", `export/${this.world.territory(level).id}.geojson`, rows);
    link("download-parquet", `export/${this.world.territory(level).id}.parquet`, rows);
    link("find", "find", { level, filter: filter || undefined, sort: `-${indicator}`, lang: language === "en" ? "en" : undefined });
    if (this.dialog.open) this.write();
  }

  private write(): void {
    const here = addressOf(this.shown!.state, new URL(location.href));
    here.searchParams.delete("v");
    if (language === "en") here.searchParams.set("lang", "en");
    here.search = here.search.replaceAll("%2C", ",").replaceAll("%2F", "/");
    const link = byId<HTMLInputElement>("share-link");
    link.value = here.href;
    void shorten(here).then((short) => (link.value = short ?? link.value));
    const compose = new URL(address("embed/configure"));
    compose.search = here.search + (language === "en" ? "&ui=en" : "");
    byId<HTMLAnchorElement>("share-compose").href = compose.href;
    const embed = new URL(address("embed"));
    embed.search = here.search;
    const [src, title] = [embed.href, this.title].map(quoted);
    byId<HTMLTextAreaElement>("share-frame").value =
      `<iframe src=${src} title=${title} width="100%" height="520" style="border:0" loading="lazy"></iframe>`;
  }

  private get title(): string {
    const { legend, state } = this.shown!;
    const year = legend.year ? `, ${periodText(legend.year)}` : "";
    return `${say(legend.title)} – ${word(texts.levels, state.level, state.level)}${year}`;
  }

  private async savePicture(): Promise<void> {
    if (!this.shown) return;
    const { state, legend, sources } = this.shown;
    const name = `${state.indicator}-${state.level}.png`;
    const map = this.map();
    // Where the browser draws no map, the server draws its picture.
    if (!map) return download(statePicture(DRAWN, state, language), name);
    try {
      const blob = await picture(map, {
        title: this.title,
        subtitle: say(legend.unit),
        credits: creditsOf(sources, this.world.basemap?.credit),
        legend,
        theme: themeOf(state.theme),
      });
      const url = URL.createObjectURL(blob);
      download(url, name);
      URL.revokeObjectURL(url);
    } catch (error) {
      console.warn(error);
      showFailure(texts.noPicture);
    }
  }
}

/** Ask for the short address of a map; undefined where there is none, as of a state that the server doesn't know. */
async function shorten(long: URL): Promise<string | undefined> {
  try {
    const answer = await fetch(`${address("s")}${long.search}`);
    return answer.ok ? ((await answer.json()) as { url: string }).url : undefined;
  } catch {
    return undefined;
  }
}

function download(href: string, name: string): void {
  make("a", { href, download: name }).click();
}

/** Write the value of an attribute. */
const quoted = (text: string) => `"${text.replaceAll("&", "&amp;").replaceAll('"', "&quot;")}"`;

/** Copy what a field holds, and say so. */
async function copy(button: HTMLButtonElement): Promise<void> {
  const field = byId<HTMLInputElement>(button.dataset["copies"] ?? "");
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    // Not in a page without a secure connection: what is selected can be copied by hand.
    return;
  }
  const said = button.textContent;
  button.textContent = texts.copied;
  setTimeout(() => (button.textContent = said), COPIED_MS);
}
