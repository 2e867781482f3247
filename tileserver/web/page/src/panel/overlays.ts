// The layers that may be added, each with its own small legend.

import { byId, make } from "../dom";
import { pointLook, type PointLook } from "../map/points";
import { number } from "../text/format";
import { say } from "../text/texts";
import type { Layer } from "../types";

/** Fill the list of layers; `toggle` is told which one goes on or off. */
export function showOverlays(overlays: Layer[], toggle: (id: string, on: boolean) => void): void {
  byId("overlays").replaceChildren(
    ...overlays.map((overlay) => {
      const input = make("input", { type: "checkbox", value: overlay.id });
      input.addEventListener("change", () => toggle(overlay.id, input.checked));
      const look = pointLook(overlay.id);
      const mark = make("span", { className: `mark ${look.shape}`, ariaHidden: "true" });
      mark.style.setProperty("--colour", look.colour);
      const count = make("span", { className: "quiet count", textContent: number(overlay.count) });
      const name = make("span", { textContent: say(overlay.title) });
      const sizes = look.area ? [sizeLegend(look)] : [];
      return make("div", { className: "overlay" }, make("label", {}, input, mark, name, count), ...sizes);
    }),
  );
}

/** Check the layers that are shown. */
export function checkOverlays(shown: string[]): void {
  for (const input of byId("overlays").querySelectorAll("input")) input.checked = shown.includes(input.value);
}

/** Show what the sizes of discs mean. The radii are those of points.ts at zoom 11. */
function sizeLegend(look: PointLook): HTMLElement {
  const sizes = [[1, 4.5], [25, 8.6], [100, 16]] as const;
  const discs = sizes.map(([hectares, radius]) => {
    const disc = make("i", { className: "disc", ariaHidden: "true" });
    disc.style.setProperty("--colour", look.colour);
    disc.style.setProperty("--radius", `${radius}px`);
    return make("span", {}, disc, `${hectares}\u00a0ha`);
  });
  return make("p", { className: "sizes quiet" }, ...discs);
}
