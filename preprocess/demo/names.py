"""Invented French-sounding names, each used once, with accents, apostrophes and hyphens."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

COUNTRY = "Armévie"

_HEADS = [
    "Bar",
    "Bel",
    "Bour",
    "Bré",
    "Cam",
    "Cha",
    "Châ",
    "Clé",
    "Cor",
    "Cour",
    "Cré",
    "Dor",
    "Dra",
    "Es",
    "Fau",
    "Fé",
    "Flo",
    "Fon",
    "Gar",
    "Gi",
    "Gre",
    "Har",
    "Ja",
    "Jou",
    "La",
    "Lan",
    "Ler",
    "Li",
    "Lou",
    "Lu",
    "Ma",
    "Mar",
    "Mé",
    "Mon",
    "Mor",
    "Nan",
    "Né",
    "Nor",
    "Or",
    "Pa",
    "Pier",
    "Plou",
    "Pon",
    "Qué",
    "Ra",
    "Rou",
    "Sal",
    "Sé",
    "Sou",
    "Tar",
    "Thé",
    "Tou",
    "Tré",
    "Val",
    "Van",
    "Ver",
    "Vi",
    "Vou",
    "Au",
    "Ai",
    "É",
    "Œu",
    "Y",
]
_MIDDLES = [
    "ba",
    "be",
    "bli",
    "ça",
    "char",
    "che",
    "cou",
    "da",
    "de",
    "dré",
    "fa",
    "ga",
    "gne",
    "gui",
    "lan",
    "le",
    "li",
    "lo",
    "man",
    "me",
    "mi",
    "na",
    "ne",
    "ni",
    "pe",
    "ra",
    "ré",
    "ri",
    "ro",
    "sa",
    "se",
    "ta",
    "te",
    "ti",
    "ton",
    "tre",
    "va",
    "ve",
    "vi",
    "vil",
    "ze",
]
_TAILS = [
    "ac",
    "ais",
    "ans",
    "ard",
    "ay",
    "beau",
    "bois",
    "bourg",
    "champ",
    "court",
    "cy",
    "dun",
    "ec",
    "eix",
    "elles",
    "euil",
    "fort",
    "gnac",
    "gny",
    "gues",
    "heim",
    "igny",
    "ières",
    "illac",
    "ins",
    "ives",
    "lac",
    "lieu",
    "mont",
    "nay",
    "ne",
    "nes",
    "non",
    "ois",
    "onne",
    "ouges",
    "oux",
    "ras",
    "rey",
    "rolles",
    "sac",
    "sson",
    "tain",
    "teuil",
    "thy",
    "val",
    "vert",
    "ville",
    "villers",
    "y",
    "zan",
    "ze",
]
_SAINTS = [
    "Aubrin",
    "Célian",
    "Dorvé",
    "Ébard",
    "Fiacrin",
    "Gaudrien",
    "Hervain",
    "Isaure",
    "Jovien",
    "Léobard",
    "Mathelin",
    "Nizaire",
    "Orsin",
    "Prisque",
    "Quirien",
    "Rémance",
    "Sylvère",
    "Théaud",
    "Urbin",
    "Vulmaire",
    "Ylaire",
]
_ARTICLES = {"Le ": "2", "La ": "3", "Les ": "4", "L'": "5"}
_VOWELS = "AEIOUYÂÀÉÈÊËÎÏÔÖŒÛÜH"


@dataclass
class Names:
    """A source of names that never gives one twice."""

    rng: np.random.Generator
    used: set[str] = field(default_factory=set)

    def river(self) -> str:
        """Give a name such as Orvenne."""
        return self._fresh(lambda: self._stem() if self._chance(0.3) else self._stem(1))

    def place(self, rivers: list[str]) -> str:
        """Give the name of a commune, at times with a saint, an article or a river in it."""
        return self._fresh(lambda: self._dress(self._stem(int(self.rng.integers(0, 2))), rivers))

    def _fresh(self, make: Callable[[], str]) -> str:
        while True:
            name = make()
            if name not in self.used and 3 < len(name) < 36:
                self.used.add(name)
                return name

    def _chance(self, share: float) -> bool:
        return bool(self.rng.random() < share)

    def _pick(self, choices: Sequence[str]) -> str:
        return choices[int(self.rng.integers(len(choices)))]

    def _stem(self, middles: int = 0) -> str:
        middle = "".join(self._pick(_MIDDLES) for _ in range(middles))
        return re.sub(r"(.)\1\1", r"\1\1", self._pick(_HEADS) + middle + self._pick(_TAILS))

    def _dress(self, stem: str, rivers: list[str]) -> str:
        name = f"{self._pick(('Saint', 'Sainte'))}-{self._pick(_SAINTS)}"
        if not self._chance(0.14):
            name = self._article(stem) if self._chance(0.12) else stem
        if self._chance(0.16) or name.startswith("Saint"):
            link = self._pick(("sur", "sur", "lès", "en", "de"))
            other = self._pick(rivers) if link == "sur" else self._stem()
            if link == "de":
                link = "d'" if other[0] in _VOWELS else "de-"
                return f"{name}-{link}{other}"
            name = f"{name}-{link}-{other}"
        return name

    def _article(self, stem: str) -> str:
        if stem[0] in _VOWELS:
            return f"L'{stem}"
        return f"{self._pick(('Le', 'La', 'Les'))} {stem}"


def of(name: str) -> str:
    """Put "de" before a name: de Larnay, d'Orvenne, du Val, des Ives."""
    for article, joined in (("Le ", "du "), ("Les ", "des ")):
        if name.startswith(article):
            return joined + name.removeprefix(article)
    return f"d'{name}" if name[0] in _VOWELS else f"de {name}"


def article_code(name: str) -> str:
    """Return INSEE's TNCC: 2 Le, 3 La, 4 Les, 5 L', 1 before a vowel, else 0."""
    for article, code in _ARTICLES.items():
        if name.startswith(article):
            return code
    return "1" if name[0] in _VOWELS else "0"


def without_article(name: str) -> str:
    """Return INSEE's NCCENR: the name in rich type, its article left out."""
    for article in _ARTICLES:
        name = name.removeprefix(article)
    return name


def upper_plain(name: str) -> str:
    """Return INSEE's NCC: capitals without accents, hyphens or apostrophes, article left out."""
    plain = unicodedata.normalize("NFD", without_article(name).replace("Œ", "OE").replace("œ", "oe"))
    letters = "".join(each for each in plain if not unicodedata.combining(each))
    return re.sub(r"[-']", " ", letters).upper()
