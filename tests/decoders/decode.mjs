// Reads tiles with @mapbox/vector-tile, as MapLibre does, and prints one JSON line a tile.
// Standard input: one path a line. Output: {path, layers: {name: {ids, types, windings}}}.
// `windings` counts rings that break MVT 2.1 §4.3.4.4: an exterior ring has positive area, and comes first.

import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { VectorTile } from "@mapbox/vector-tile";
import { PbfReader } from "pbf";

const twiceArea = (ring) =>
  ring.slice(1).reduce((sum, point, i) => sum + ring[i].x * point.y - point.x * ring[i].y, 0);

for await (const path of createInterface({ input: process.stdin })) {
  const tile = new VectorTile(new PbfReader(readFileSync(path)));
  const layers = {};
  for (const [name, layer] of Object.entries(tile.layers)) {
    const told = { ids: [], types: new Set(), properties: 0, wrong: 0, version: layer.version, extent: layer.extent };
    for (let i = 0; i < layer.length; i++) {
      const feature = layer.feature(i);
      const parts = feature.loadGeometry();
      told.ids.push(String(feature.id));
      told.types.add(feature.type);
      told.properties += Object.keys(feature.properties).length;
      if (parts.length === 0) told.wrong++;
      if (feature.type === 3) {
        if (!(twiceArea(parts[0]) > 0)) told.wrong++;
        for (const ring of parts) {
          const last = ring[ring.length - 1];
          if (ring.length < 4 || ring[0].x !== last.x || ring[0].y !== last.y || twiceArea(ring) === 0) told.wrong++;
        }
      }
    }
    layers[name] = { ...told, types: [...told.types] };
  }
  console.log(JSON.stringify({ path, layers }));
}
