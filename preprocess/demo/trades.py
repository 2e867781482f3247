"""Some trades of the two nomenclatures: code, family, how common, how hard to fill, how seasonal, title."""

from typing import NamedTuple

import numpy as np


class Trade(NamedTuple):
    """A trade: projects for 10,000 people, then shares of them that are difficult and seasonal."""

    code: str
    family: str
    often: float
    difficult: float
    seasonal: float
    title: str


FAMILIES = {
    "A": "Fonctions administratives",
    "C": "Fonctions d'encadrement",
    "I": "Ouvriers des secteurs de l'industrie",
    "O": "Ouvriers de la construction et du bâtiment",
    "S": "Fonctions sociales et médico-sociales",
    "T": "Autres techniciens et employés",
    "V": "Fonctions liées à la vente, au tourisme et aux services",
    "Z": "Autres métiers",
}

_FAP_2009 = """
A0Z40 Z 14 .50 .60 Agriculteurs salariés
A1Z42 Z 18 .40 .95 Viticulteurs, arboriculteurs salariés
B2Z40 O 4 .80 .05 Maçons
B4Z41 O 3 .85 .03 Plombiers, chauffagistes
B6Z73 T 2 .75 .02 Chefs de chantier, conducteurs de travaux (non cadres)
C2Z70 T 0.8 .70 .02 Techniciens en électricité et en électronique
D2Z40 I 1.5 .88 .02 Chaudronniers, tôliers, traceurs, serruriers, métalliers, forgerons
D4Z40 I 1.2 .85 .02 Monteurs, ajusteurs et autres ouvriers qualifiés de la mécanique
E0Z21 I 4 .55 .40 Ouvriers non qualifiés des industries agro-alimentaires
G0A40 I 2.4 .85 .03 Ouvriers qualifiés de la maintenance en mécanique
G0B41 I 2.4 .88 .02 Mécaniciens et électroniciens de véhicules
G1Z70 T 4 .72 .03 Techniciens et agents de maîtrise de la maintenance et de l'environnement
J0Z20 Z 11 .35 .35 Ouvriers non qualifiés de l'emballage et manutentionnaires
L0Z60 A 6 .45 .10 Secrétaires bureautiques et assimilés
L2Z60 A 4 .35 .25 Agents d'accueil et d'information
M2Z90 C 6 .65 .01 Ingénieurs et cadres d'étude, recherche et développement en informatique
N0Z90 C 2.6 .60 .01 Ingénieurs et cadres d'étude, recherche et développement (industrie)
S1Z40 V 10 .75 .50 Cuisiniers
S2Z61 V 18 .65 .60 Serveurs de cafés restaurants
T2B60 V 4 .70 .10 Assistantes maternelles
T4Z60 V 15 .60 .30 Agents d'entretien de locaux
V0Z60 S 12 .80 .20 Aides-soignants
V1Z80 S 6.5 .80 .10 Infirmiers
V5Z81 S 12 .50 .60 Professionnels de l'animation socioculturelle
"""

_FAP_2021 = """
A0X40 Z 14 .50 .60 Agriculteurs
A1X42 Z 15 .40 .95 Viticulteurs, arboriculteurs
B1X31 O 3 .80 .05 Maçons qualifiés
B2X33 O 3 .85 .03 Plombiers chauffagistes
B6X74 T 1.5 .75 .02 Conducteurs de travaux et chefs de chantier non cadres
C0X30 I 1.6 .70 .02 Ouvriers de l'électricité et de l'électronique
D1X30 I 1 .88 .02 Ouvriers en chaudronnerie et tôlerie
D1X33 I 1 .88 .02 Soudeurs
E3X20 I 4 .55 .40 Ouvriers peu qualifiés des industries agro-alimentaires
G0A40 I 2.6 .85 .03 Ouvriers de la maintenance générale et mécanique
G0B41 I 3.8 .88 .02 Ouvriers mécaniciens de véhicules
H0X90 T 1 .60 .02 Techniciens du contrôle qualité
J0X33 Z 5 .35 .35 Magasiniers et préparateurs de commandes peu qualifiés
L0X60 A 5 .45 .10 Secrétaires bureautiques et assimilés
L2X60 A 4 .35 .25 Agents d'accueil et d'information
M2X90 C 3.5 .65 .01 Ingénieurs et cadres d'étude, recherche et développement en informatique et télécom
N1X90 C 2.4 .60 .01 Ingénieurs et cadres d'étude, recherche et développement (industrie)
S1X40 V 10 .75 .50 Cuisiniers
S2X61 V 18 .65 .60 Serveurs de cafés restaurants
T2B60 V 3 .70 .10 Assistants maternels
T4X60 V 12 .60 .30 Agents d'entretien de locaux
V0X60 S 8.5 .80 .20 Aides-soignants
V1X80 S 5.5 .80 .10 Infirmiers et sages-femmes
V5X81 S 10 .50 .60 Professionnels de l'animation socioculturelle
"""


def _read(text: str) -> tuple[Trade, ...]:
    rows = (line.split(maxsplit=5) for line in text.strip().splitlines())
    return tuple(
        Trade(code, family, float(often), float(difficult), float(seasonal), title)
        for code, family, often, difficult, seasonal, title in rows
    )


TRADES = {"2023": _read(_FAP_2009), "2024": _read(_FAP_2021), "2025": _read(_FAP_2021)}
"""The trades of the file of each year."""


def draw(trade: Trade, people: float, rng: np.random.Generator) -> tuple[int, int, int]:
    """Draw projects among some people, the difficult and the seasonal ones."""
    met = int(rng.poisson(trade.often * people / 1e4 * rng.gamma(2.0, 0.5)))
    return met, int(rng.binomial(met, trade.difficult)), int(rng.binomial(met, trade.seasonal))
