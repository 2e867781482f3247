// The page begins here.

import "./styles/maplibre.css";
import "./styles/style.css";

import { loadCatalogue } from "./api";
import { App } from "./app";
import { prepareFolding, prepareLanguage, showFailure } from "./panel/shell";
import { translate } from "./text/texts";

declare global {
  /** For tests, and for a reader's console. */
  var territories: App;
}

translate(document);
prepareFolding();
prepareLanguage();
try {
  const app = new App(await loadCatalogue());
  await app.start();
  globalThis.territories = app;
} catch (error) {
  console.error(error);
  showFailure();
}
