// The page begins here.

import "./styles/maplibre.css";
import "./styles/base.css";
import "./styles/panel.css";
import "./styles/legend.css";
import "./styles/map.css";
import "./styles/dialogs.css";

import { loadCatalogue } from "./api";
import { App } from "./app";
import { prepareFolding, showFailure } from "./panel/shell";
import { translate } from "./text/texts";
import { World } from "./world";

declare global {
  /** For tests, and for a reader's console. */
  var territories: App;
}

/** The same application, in another page's frame: the server says so by the class of the body. */
const embedded = document.body.classList.contains("embed") || /\/embed\/?$/.test(location.pathname);

document.body.classList.toggle("embed", embedded);
translate(document);
prepareFolding();
try {
  const app = new App(new World(await loadCatalogue()), embedded);
  globalThis.territories = app;
  app.drawn = app.start();
  await app.drawn;
} catch (error) {
  console.error(error);
  showFailure();
}
