"""What each rule of the findings on partners' tables means: French and English title, then explanations."""

from preprocess.rule import Rule

PARTNER_RULES: dict[str, Rule] = {
    "partner-code-lost": Rule(
        "Code abîmé par un tableur",
        "Code damaged by a spreadsheet",
        "Le code est écrit en notation scientifique : des chiffres sont perdus. Mettre la colonne au format "
        "texte avant de saisir ou de coller les codes.",
        "The code is in scientific notation: figures are lost. Format the column as text before codes are "
        "typed or pasted.",
    ),
    "partner-code-mended": Rule(
        "Codes corrigés",
        "Codes mended",
        "Le code n'était pas dans la liste, mais une seule écriture voisine y est (zéro initial, espaces, "
        "majuscules) : elle a été retenue.",
        "The code was not in the list, but another spelling of it is (leading zero, blanks, capitals): that "
        "one was taken.",
    ),
    "partner-code-unknown": Rule(
        "Code inconnu d'un partenaire",
        "Unknown code of a partner",
        "Le code n'est pas dans la liste du niveau et de l'édition déclarés ; la ligne est laissée de côté.",
        "The code is not in the list of the declared level and edition; the row is left out.",
    ),
    "partner-column-twice": Rule(
        "Colonne en double",
        "Column there twice",
        "Deux colonnes portent le même nom ; la première est lue.",
        "Two columns have one name; the first is read.",
    ),
    "partner-date": Rule(
        "Nombre changé en date",
        "Number turned into a date",
        "La cellule contient une date, née sans doute d'un nombre dans un tableur. Elle est manquante.",
        "The cell holds a date, which a spreadsheet has probably made of a number. It counts as missing.",
    ),
    "partner-edition": Rule(
        "Autre édition de la liste des communes",
        "Another edition of the list of communes",
        "Les codes du fichier correspondent mieux à une autre année de la liste des communes qu'à celle "
        "déclarée : corriger `edition`, et les chiffres seront reportés sur les communes d'aujourd'hui.",
        "The codes of the file fit another year of the official list better than the declared one: correct "
        "`edition`, and the figures are carried to today's communes.",
    ),
    "partner-empty-row": Rule(
        "Lignes vides",
        "Empty rows",
        "Les lignes vides sont sautées.",
        "Empty rows are passed over.",
    ),
    "partner-excel-error": Rule(
        "Erreur d'une formule",
        "Error of a formula",
        "La cellule contient l'erreur d'une formule de tableur ; elle compte comme manquante.",
        "The cell holds the error of a formula; it counts as missing.",
    ),
    "partner-form": Rule(
        "Forme du fichier",
        "Form of the file",
        "Ce qui a été constaté ou deviné de la forme du fichier : encodage, séparateur, en-tête, marque "
        "décimale, colonnes.",
        "What was found or guessed of the form of the file: encoding, separator, header, decimal mark, "
        "columns.",
    ),
    "partner-kept": Rule(
        "Lignes gardées",
        "Rows kept",
        "Combien de lignes du fichier ont servi, et combien de valeurs.",
        "How many rows of the file are used, and how many figures.",
    ),
    "partner-level": Rule(
        "Codes d'un autre niveau",
        "Codes of another level",
        "La plupart des codes sont ceux d'un autre niveau que le niveau déclaré : corriger `level`.",
        "Most codes are those of another level than the declared one: correct `level`.",
    ),
    "partner-no-code": Rule(
        "Ligne sans code",
        "Row without a code",
        "La ligne n'a pas de code : total, note ou nom à la place d'un code. Elle est laissée de côté.",
        "The row has no code: a total, a note, or a name in its place. It is left out.",
    ),
    "partner-no-figure": Rule(
        "Mots pour « pas de valeur »",
        "Words for *no figure*",
        "Ces cellules ont été prises pour vides ; déclarer ces mots dans `null` le confirme.",
        "These cells were taken as empty; to declare the words in `null` confirms it.",
    ),
    "partner-not-a-number": Rule(
        "Texte à la place d'un nombre",
        "Text in place of a number",
        "La cellule n'est pas un nombre ; elle compte comme manquante.",
        "The cell is no number; it counts as missing.",
    ),
    "partner-not-whole": Rule(
        "Nombre non entier",
        "Not a whole number",
        "L'indicateur compte des unités entières ; la cellule a des décimales et compte comme manquante.",
        "The indicator is of whole units; the cell has decimals and counts as missing.",
    ),
    "partner-out-of-range": Rule(
        "Valeur hors des bornes",
        "Figure out of range",
        "La valeur est hors des bornes déclarées (`min`, `max`) ; elle compte comme manquante.",
        "The figure is out of the declared range (`min`, `max`); it counts as missing.",
    ),
    "partner-row-length": Rule(
        "Ligne trop longue",
        "Row too long",
        "La ligne a plus de cellules que l'en-tête : ses valeurs sont peut-être décalées. Elle "
        "est laissée de côté.",
        "The row has more cells than the header has columns: its values may be out of place. It is left out.",
    ),
    "partner-secret-word": Rule(
        "Secret non déclaré",
        "Withheld, not declared",
        "La cellule contient un signe qui marque souvent le secret statistique : le déclarer dans `secret`. "
        "En attendant, elle compte comme manquante.",
        "The cell holds a sign that often marks a withheld figure: declare it in `secret`. Until then it "
        "counts as missing.",
    ),
    "partner-twice": Rule(
        "Code en double, valeurs différentes",
        "Code there twice, figures differ",
        "Plusieurs lignes donnent des valeurs différentes pour un même code : aucune n'est gardée.",
        "Several rows give one code different figures: none of them is kept.",
    ),
    "partner-twice-same": Rule(
        "Code en double, mêmes valeurs",
        "Code there twice, same figures",
        "Plusieurs lignes disent la même chose d'un code ; une seule compte.",
        "Several rows say the same of a code; one of them counts.",
    ),
    "partner-unit": Rule(
        "Unités dans les cellules",
        "Units in the cells",
        "L'unité a été retirée des cellules ; la déclarer dans `unit` suffit.",
        "The unit was taken off the cells; to declare it in `unit` is enough.",
    ),
    "partner-unusable": Rule(
        "Fichier inutilisable",
        "File that cannot be used",
        "Rien de ce fichier n'a pu être utilisé : l'indicateur manque dans cette version.",
        "Nothing of this file can be used: the indicator is not in this version.",
    ),
}
