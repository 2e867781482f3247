// The layers that may be added, by what they are about, each with its own small legend.

import { byId, make } from "../dom";
import { overlayLook, type OverlayLook } from "../map/overlays";
import { number } from "../text/format";
import { say, texts, word } from "../text/texts";
import type { Layer } from "../types";

/** Fill the list of layers; `toggle` is told which one goes on or off. */
export function showOverlays(overlays: Layer[], toggle: (id: string, on: boolean) => void): void {
  const groups = new Map<string, Layer[]>();
  for (const layer of overlays) groups.set(about(layer), [...(groups.get(about(layer)) ?? []), layer]);
  byId("overlays").replaceChildren(
    ...[...groups].map(([group, layers]) => {
      const title = make("h3", { textContent: word(texts.overlayGroups, group, group), id: `overlays-${group}` });
      const box = make("div", { className: "overlay-group" }, title, ...layers.map((layer) => entry(layer, toggle)));
      box.setAttribute("role", "group");
      box.setAttribute("aria-labelledby", title.id);
      return box;
    }),
  );
}

function about(layer: Layer): string {
  if (layer.kind === "zoning") return "zonings";
  return layer.inventory?.subject ?? "programmes";
}

function entry(overlay: Layer, toggle: (id: string, on: boolean) => void): HTMLElement {
  const input = make("input", { type: "checkbox", value: overlay.id });
  input.addEventListener("change", () => toggle(overlay.id, input.checked));
  const look = overlayLook(overlay);
  const mark = make("span", { className: `mark ${look.shape}`, ariaHidden: "true" });
  mark.style.setProperty("--colour", look.colour);
  if (look.angle !== undefined) mark.style.setProperty("--angle", `${-look.angle}deg`);
  const count = make("span", { className: "quiet count", textContent: number(overlay.count) });
  const name = make("span", { className: "name", textContent: say(overlay.title) });
  const label = make("label", {}, input, mark, name, count);
  return make("div", { className: "overlay" }, label, ...(look.area ? [sizeLegend(look)] : []));
}

/** Check the layers that are shown. */
export function checkOverlays(shown: string[]): void {
  for (const input of byId("overlays").querySelectorAll("input")) {
    input.checked = shown.includes(input.value);
    input.closest(".overlay")?.classList.toggle("on", input.checked);
  }
}

/** Show what the sizes of discs mean. The radii are those of map/overlays.ts at zoom 11. */
function sizeLegend(look: OverlayLook): HTMLElement {
  const sizes = [[1, 4.5], [25, 8.6], [100, 16]] as const;
  const discs = sizes.map(([hectares, radius]) => {
    const disc = make("i", { className: "disc", ariaHidden: "true" });
    disc.style.setProperty("--colour", look.colour);
    disc.style.setProperty("--radius", `${radius}px`);
    return make("span", {}, disc, `${hectares}\u00a0ha`);
  });
  return make("p", { className: "sizes quiet" }, ...discs);
}
