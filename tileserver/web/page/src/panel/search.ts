// The search of a territory by name or code.

import { findTerritories } from "../api";
import { byId } from "../dom";
import { say } from "../text/texts";
import type { Hit } from "../types";
import { Combobox, type Choice } from "./combobox";

interface Found extends Choice {
  hit: Hit;
}

/** Make the field that finds territories; `go` is told the one that was chosen. */
export function prepareSearch(go: (hit: Hit) => void): void {
  new Combobox({
    input: byId<HTMLInputElement>("search"),
    list: byId("found"),
    status: byId("announced"),
    find: async (text): Promise<Found[]> => {
      const hits = await findTerritories(text);
      return hits.map((hit) => ({
        id: `${hit.level}/${hit.code}`,
        label: hit.name,
        detail: [say(hit.level_title), hit.within ?? hit.code].join(" · "),
        hit,
      }));
    },
    choose: (choice) => go((choice as Found).hit),
    resting: () => "",
    browse: false,
  });
}
