"""What the findings on cleaned cells and placed points mean, for `preprocess.rules`."""

from preprocess.rule import Rule

CLEANING: dict[str, Rule] = {
    "code-as-number": Rule(
        "Code écrit comme un nombre",
        "Code written as a number",
        "Un tableur a pris ce code pour un nombre et lui a donné des décimales (40.0) ; elles ont été ôtées.",
        "A spreadsheet took this code for a number and gave it decimals (40.0); they were taken off.",
    ),
    "code-invalid": Rule(
        "Code mal formé",
        "Malformed code",
        "La cellule n'a pas la forme du code attendu ; la valeur manque, la ligne est gardée.",
        "The cell does not look like the code that is expected; the value is missing, the row is kept.",
    ),
    "date-invalid": Rule(
        "Date illisible",
        "Unreadable date",
        "La cellule n'est pas une date ; l'année manque, la ligne est gardée.",
        "The cell is no date; the year is missing, the row is kept.",
    ),
    "outside-communes": Rule(
        "Point hors de toute commune",
        "Point outside all communes",
        "Le point est en mer ou à l'étranger, au-delà de la distance tolérée : il est sur la carte, mais ne "
        "compte dans aucun territoire.",
        "The point lies at sea or abroad, beyond the distance that is tolerated: it is on the map but "
        "counts in no territory.",
    ),
    "place-contradicts": Rule(
        "Commune contredite par le point",
        "Commune contradicted by the point",
        "Le fichier nomme une autre commune que celle où tombe le point. Les deux sont gardées ; les totaux "
        "suivent le point. Noms comparés sans accents, tirets ni articles ; codes comparés après report à "
        "la liste actuelle.",
        "The file gives another commune than the one that the point lies in. Both are kept; totals follow "
        "the point. Names are compared without accents, signs and articles, codes after they were carried "
        "to today's list.",
    ),
    "placed-nearby": Rule(
        "Point rattaché à la commune la plus proche",
        "Point given to the nearest commune",
        "Le point tombe juste à côté de toute commune, souvent sur le rivage ; la plus proche, dans la "
        "distance tolérée, a été prise.",
        "The point lies just beside all communes, often on the shore; the nearest within the distance that "
        "is tolerated was taken.",
    ),
    "siren-from-siret": Rule(
        "SIRET à la place d'un SIREN",
        "SIRET in place of a SIREN",
        "Le fichier donne le numéro d'un établissement (SIRET, 14 chiffres) ; celui de l'entreprise (SIREN) "
        "en a été tiré, et sa clé de contrôle vérifiée.",
        "The file gives the number of an establishment (SIRET, 14 digits); that of the firm (SIREN) was "
        "taken from it, and its check digit verified.",
    ),
    "siren-invalid": Rule(
        "SIREN invalide",
        "Invalid SIREN",
        "La clé de contrôle (Luhn) ou la longueur est fausse ; le SIREN manque, la ligne est gardée.",
        "The check digit (Luhn) or the length is wrong; the SIREN is missing, the row is kept.",
    ),
    "unusual-value": Rule(
        "Valeur hors de l'ordinaire",
        "Unusual value",
        "La valeur sort des bornes ordinaires déclarées ; elle est gardée telle quelle, et marquée.",
        "The value is out of the usual bounds that are declared; it is kept as it is, and marked.",
    ),
    "zeros-lost": Rule(
        "Zéros perdus",
        "Lost zeros",
        "Un tableur a pris ce code pour un nombre ; ses zéros de tête ont été remis.",
        "A spreadsheet took this code for a number; the zeros at its beginning were put back.",
    ),
}
