// <territory-map level="ti" indicator="density" territory="…" lang="fr" height="520"></territory-map>
//
// One script, no dependency: the element holds a frame of the server that the script came from, loaded when it
// comes near the screen. What stands between its tags is shown where the script does not run.
(() => {
  const base = new URL("./", document.currentScript.src);
  const names = [
    "level", "indicator", "year", "form", "method", "classes", "palette", "show", "selected", "compare", "filter", "at",
    "lang", "theme", "title-bar", "legend", "search", "zoom", "insets", "k",
  ];
  // Attributes whose parameter has another name: `title` and `territory` mean what readers of HTML expect.
  const others = { "title-bar": "title", territory: "selected" };

  class TerritoryMap extends HTMLElement {
    static observedAttributes = [...names, "territory", "height", "title"];

    #frame = document.createElement("iframe");
    #waiting = false;

    constructor() {
      super();
      const root = this.attachShadow({ mode: "open" });
      this.#frame.loading = "lazy";
      this.#frame.allowFullscreen = true;
      Object.assign(this.#frame.style, { display: "block", width: "100%", height: "100%", border: "0" });
      root.append(this.#frame);
    }

    connectedCallback() {
      if (!this.style.display) this.style.display = "block";
      this.#follow();
    }

    attributeChangedCallback() {
      // Several attributes that change together are one frame.
      if (this.#waiting || !this.isConnected) return;
      this.#waiting = true;
      queueMicrotask(() => {
        this.#waiting = false;
        this.#follow();
      });
    }

    #follow() {
      const height = this.getAttribute("height") ?? "520";
      if (/^\d+$/.test(height)) this.style.height = `${height}px`;
      this.#frame.title = this.getAttribute("title") ?? (this.getAttribute("lang") === "en" ? "Map of territories" : "Carte des territoires");
      const url = new URL("embed", base);
      for (const name of [...names, "territory"]) {
        const value = this.getAttribute(name);
        if (value !== null && value !== "") url.searchParams.set(others[name] ?? name, value);
      }
      if (this.#frame.src !== url.href) this.#frame.src = url.href;
    }
  }

  if (!customElements.get("territory-map")) customElements.define("territory-map", TerritoryMap);
})();
