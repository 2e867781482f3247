// Words of the page, French first. Names of layers and indicators come from the server.

import type { Language, Title } from "../types";

const TEXTS = {
  fr: {
    title: "Territoires d’industrie",
    page: "Territoires d’industrie – la carte",
    map: "Carte",
    fold: "Replier le panneau",
    unfold: "Déplier le panneau",
    level: "Niveau",
    indicator: "Indicateur",
    overlays: "Ajouter sur la carte",
    views: "Aller à",
    about: "Définition et sources",
    noData: "pas de donnée",
    statuses: {
      estimated: "estimé",
      partial: "partiel",
      secret: "secret statistique",
      missing: "pas de donnée",
      not_applicable: "sans objet",
    },
    themes: {
      people: "Population",
      labour: "Travail",
      economy: "Économie",
      land: "Foncier et sols",
      projects: "Projets",
      zonings: "Zonages",
    },
    territories: "territoires",
    code: "Code",
    close: "Fermer la fiche",
    profile: "Voir le profil",
    at: "À cet endroit",
    zoomTo: (names: string[]) => `Zoomez pour voir ${names.join(" et ")}`,
    several: {
      region: "les régions",
      departement: "les départements",
      ti: "les territoires d’industrie",
      epci: "les EPCI",
      commune: "les communes",
      friches: "les friches",
      qpv: "les quartiers prioritaires",
    },
    failed: "La carte n’a pas pu être chargée. Rechargez la page dans un instant.",
    area: "Surface du site",
    data: "Données :",
    other: "English",
    levels: {
      region: "Régions",
      departement: "Départements",
      ti: "Territoires d’industrie",
      epci: "EPCI",
      commune: "Communes",
    },
    singular: {
      region: "Région",
      departement: "Département",
      ti: "Territoire d’industrie",
      epci: "EPCI",
      commune: "Commune",
    },
  },
  en: {
    title: "Territoires d’industrie",
    page: "Territoires d’industrie – the map",
    map: "Map",
    fold: "Fold the panel",
    unfold: "Unfold the panel",
    level: "Level",
    indicator: "Indicator",
    overlays: "Add to the map",
    views: "Go to",
    about: "Definition and sources",
    noData: "no data",
    statuses: {
      estimated: "estimated",
      partial: "partial",
      secret: "withheld",
      missing: "no data",
      not_applicable: "not applicable",
    },
    themes: {
      people: "People",
      labour: "Labour",
      economy: "Economy",
      land: "Land",
      projects: "Projects",
      zonings: "Zonings",
    },
    territories: "territories",
    code: "Code",
    close: "Close the card",
    profile: "See the profile",
    at: "At this place",
    zoomTo: (names: string[]) => `Zoom in to see ${names.join(" and ")}`,
    several: {
      region: "the régions",
      departement: "the départements",
      ti: "the territoires d’industrie",
      epci: "the EPCI",
      commune: "the communes",
      friches: "the brownfield sites",
      qpv: "the priority neighbourhoods",
    },
    failed: "The map could not be loaded. Reload the page in a moment.",
    area: "Area of the site",
    data: "Data:",
    other: "Français",
    levels: {
      region: "Régions",
      departement: "Départements",
      ti: "Territoires d’industrie",
      epci: "EPCI",
      commune: "Communes",
    },
    singular: {
      region: "Région",
      departement: "Département",
      ti: "Territoire d’industrie",
      epci: "EPCI",
      commune: "Commune",
    },
  },
};

const MAPLIBRE_FR = {
  "NavigationControl.ResetBearing": "Remettre le nord en haut",
  "NavigationControl.ZoomIn": "Zoomer",
  "NavigationControl.ZoomOut": "Dézoomer",
  "Map.Title": "Carte",
};

type Texts = (typeof TEXTS)["fr"];

export const language: Language = new URL(location.href).searchParams.get("lang") === "en" ? "en" : "fr";

export const texts: Texts = TEXTS[language];

export const mapLocale: Record<string, string> = language === "fr" ? MAPLIBRE_FR : {};

/** Choose the language of a title of the server. */
export const say = (title: Title | null | undefined): string => title?.[language] ?? "";

/** Find a word in a table of words, or fall back to another. */
export const word = (table: Record<string, string>, key: string | null | undefined, otherwise: string): string =>
  table[key ?? ""] ?? otherwise;

/** Write the words into the elements that ask for them. */
export function translate(root: ParentNode): void {
  document.documentElement.lang = language;
  document.title = texts.page;
  for (const element of root.querySelectorAll<HTMLElement>("[data-text]")) {
    const said = texts[element.dataset.text as keyof Texts];
    if (typeof said === "string") element.textContent = said;
  }
}
