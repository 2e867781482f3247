"""What each rule of the findings means to the producer of the data: French first, English second."""

from preprocess.clean.rules import CLEANING
from preprocess.labour.rules import LABOUR_RULES
from preprocess.partners.rules import PARTNER_RULES
from preprocess.rule import Rule

RULES: dict[str, Rule] = {
    "area-off-land": Rule(
        "Zone hors des communes",
        "Area off the communes",
        "Cette zone ne rencontre aucune commune (des cartes dessinent l'outre-mer au large de la métropole) "
        "; elle ne compte nulle part.",
        "This area meets no commune (some maps draw land overseas off the coast of the mainland); it counts "
        "nowhere.",
    ),
    "area-other-name": Rule(
        "Zone d'un autre nom que sa commune",
        "Area with another name than its commune",
        "Le fichier dessine des communes sans donner leur code ; celle-ci a été reconnue à sa place, et "
        "porte un autre nom que la commune qui s'y trouve.",
        "The file draws communes without their codes; this one was recognised by its place, and has another "
        "name than the commune that is there.",
    ),
    "claimed-twice": Rule(
        "Commune revendiquée deux fois",
        "Commune claimed twice",
        "Deux territoires d'un même niveau comptent cette commune parmi leurs membres. Le membre le plus "
        "précis l'emporte (commune seule, puis EPT, puis EPCI), sinon le premier dans l'ordre du fichier.",
        "Two territories of one level claim this commune. The most specific member wins (a single commune, "
        "then an EPT, then an EPCI), otherwise the first in file order.",
    ),
    "commune-not-in-list": Rule(
        "Commune absente de la liste",
        "Commune not in the list",
        "Un contour porte un code de commune que la liste des communes ne connaît pas : l'édition (COG) des "
        "deux fichiers diffère sans doute.",
        "An outline has a commune code that the list of communes does not know: the two files are probably "
        "of different editions (COG).",
    ),
    "commune-without-outline": Rule(
        "Commune sans contour",
        "Commune without outline",
        "La liste connaît cette commune, mais aucun contour ne porte son code : elle n'est pas sur la carte.",
        "The list knows this commune but no outline has its code: it is not on the map.",
    ),
    "commune-without-value": Rule(
        "Commune sans valeur",
        "Commune without a value",
        "Aucun fichier ne donne de valeur pour cette commune ; elle manque aux sommes de ses territoires.",
        "No file gives a value for this commune; the sums of its territories lack it.",
    ),
    "covers-nothing": Rule(
        "Étendue inconnue",
        "Unknown extent",
        "La déclaration d'un zonage nomme, dans son étendue, un territoire qui n'est pas sur la carte.",
        "The declaration of a zoning names, in its extent, a territory that is not on the map.",
    ),
    "coverage": Rule(
        "Limites communes raccordées",
        "Borders joined",
        "Des contours voisins se chevauchaient ou ne partageaient pas exactement leur limite ; ils ont été "
        "raccordés, et le changement de surface est indiqué.",
        "Neighbouring outlines overlapped or did not share their border exactly; they were joined, and the "
        "change of area is given.",
    ),
    "detail-absent": Rule(
        "Contours détaillés absents",
        "No detailed outlines",
        "Le fichier des contours détaillés n'est pas dans le dossier ; les contours simplifiés ont servi.",
        "The file of detailed outlines is not in the folder; the simplified outlines were used.",
    ),
    "detail-carried": Rule(
        "Contours détaillés reportés",
        "Detailed outlines carried over",
        "Les contours d'une édition antérieure de la liste des communes ont été réunis selon les fusions, "
        "scissions et changements de code intervenus depuis.",
        "The outlines of an older edition of the list of communes were united by the mergers, splits and "
        "changes of code since then.",
    ),
    "detail-differs": Rule(
        "Contour détaillé éloigné du simplifié",
        "Detailed outline far from the simplified one",
        "Les deux contours de ces communes se recouvrent mal ; le contour simplifié est souvent trop "
        "grossier, mais une limite a pu changer. La part commune (intersection sur réunion) est entre "
        "parenthèses.",
        "The two outlines of these communes match badly; the simplified one is often too coarse, but a "
        "border may have moved. The part in common (intersection over union) is in brackets.",
    ),
    "detail-divided": Rule(
        "Commune divisée depuis",
        "Commune divided since",
        "Une ancienne commune a été partagée entre plusieurs. Une limite nouvelle, qu'aucun contour détaillé "
        "ne donne, est celle des contours simplifiés.",
        "An old commune was divided among several. A new border, which no detailed outline gives, is that of "
        "the simplified outlines.",
    ),
    "detail-joined": Rule(
        "Contours détaillés raccordés",
        "Detailed outlines joined",
        "Là où des limites détaillées rencontrent des limites simplifiées, les contours voisins ont été "
        "raccordés.",
        "Where detailed borders meet simplified ones, neighbouring outlines were joined.",
    ),
    "detail-lacking": Rule(
        "Communes sans contour détaillé",
        "Communes without detailed outline",
        "Aucun contour détaillé ne mène à ces communes ; leur contour simplifié est gardé.",
        "No detailed outline leads to these communes; their simplified outline is kept.",
    ),
    "detail-unplaced": Rule(
        "Contour détaillé sans suite",
        "Detailed outline that leads nowhere",
        "L'ancienne commune ne mène à aucune commune de la carte ; son contour a été laissé de côté.",
        "The old commune leads to no commune of the map; its outline was left out.",
    ),
    "duplicate-code": Rule(
        "Code répété",
        "Repeated code",
        "Plusieurs lignes portent le même code ; seule la première est gardée.",
        "Several rows have the same code; only the first is kept.",
    ),
    "edition-doubtful": Rule(
        "Édition douteuse",
        "Doubtful edition",
        "Beaucoup de codes du fichier ne sont pas des communes de l'édition déclarée ; une autre édition du"
        " code officiel géographique (COG) leur convient mieux, à déclarer à sa place.",
        "Many codes of the file are no communes of the declared edition; another edition of the commune "
        "list (COG) fits them better and should be declared in its place.",
    ),
    "edition-inside": Rule(
        "Ligne comprise dans une autre",
        "Row contained in another",
        "Le territoire de cette commune est déjà compté dans la ligne d'une commune plus récente du même "
        "fichier ; elle est laissée de côté pour ne pas compter deux fois.",
        "The ground of this commune is already counted in the row of a newer commune in the same file; the "
        "row is left out so that nothing counts twice.",
    ),
    "edition-lacking": Rule(
        "Partie d'une commune fusionnée absente",
        "Part of a merged commune without a row",
        "Le fichier n'a pas de ligne pour l'une des communes qui ont formé celle-ci ; le chiffre n'est donc"
        " que partiel.",
        "The file has no row for one of the communes that this one is made of; its figure is therefore "
        "partial.",
    ),
    "edition-loss": Rule(
        "Chiffres non reportés",
        "Figures that were not carried",
        "La part de la colonne qui se trouve dans des lignes laissées de côté.",
        "How much of the column is in rows that were left out.",
    ),
    "edition-lost": Rule(
        "Code jamais attribué",
        "Code that never was",
        "Ce code n'est celui d'une commune dans aucune édition ; ses chiffres ne comptent nulle part.",
        "This code is no commune's in any edition; its figures count nowhere.",
    ),
    "edition-merged": Rule(
        "Communes fusionnées",
        "Merged communes",
        "Des communes du fichier ont fusionné depuis ; leurs chiffres ont été additionnés, ou leurs taux "
        "pondérés.",
        "Communes of the file have merged since; their figures were added up, or their rates weighted.",
    ),
    "edition-mixed": Rule(
        "Codes d'une édition plus récente",
        "Codes of a later edition",
        "Ces codes sont déjà ceux de l'édition de référence alors que le fichier en déclare une autre : ses"
        " éditions sont mêlées. Les lignes ont été prises telles quelles.",
        "These codes are already those of the reference edition although the file declares another: its "
        "editions are mixed. The rows were taken as they are.",
    ),
    "edition-off-list": Rule(
        "Commune hors de la liste",
        "Commune off the list",
        "Le tableau des mouvements mène à une commune que la liste de référence ne connaît pas ; les deux "
        "fichiers se contredisent.",
        "The table of movements leads to a commune that the reference list does not know; the two files "
        "contradict each other.",
    ),
    "edition-other": Rule(
        "Code d'une autre édition",
        "Code of another edition",
        "Ce code n'était pas celui d'une commune dans l'édition déclarée, mais dans une autre ; il a été "
        "suivi à partir de celle-ci.",
        "This code was no commune's in the declared edition but was in another; it was followed from there.",
    ),
    "edition-rate": Rule(
        "Taux non reportés",
        "Rates that were not carried",
        "Les taux ou médianes de communes fusionnées ou divisées ne donnent pas ceux du tout sans "
        "pondération ; la valeur manque.",
        "The rates or medians of merged or divided communes do not make one of the whole without a weight; "
        "the value is missing.",
    ),
    "edition-recoded": Rule(
        "Code changé",
        "Code changed",
        "La commune a changé de code depuis l'édition du fichier ; ses chiffres l'ont suivie.",
        "The commune has changed its code since the edition of the file; its figures went with it.",
    ),
    "edition-restored": Rule(
        "Commune rétablie",
        "Restored commune",
        "La commune avait fusionné puis a été rétablie ; le fichier, antérieur, a encore sa propre ligne, "
        "qu'elle garde.",
        "The commune had merged and was restored; the file is older and still has its own row, which it "
        "keeps.",
    ),
    "edition-shared": Rule(
        "Commune divisée",
        "Divided commune",
        "La commune a été divisée depuis l'édition du fichier ; ses chiffres ont été répartis selon la "
        "population des communes qui en sont issues (à parts égales si elle est inconnue). Ils sont "
        "estimés.",
        "The commune was divided since the edition of the file; its figures were shared out by the "
        "population of the communes that came of it (equally where that is not known). They are estimates.",
    ),
    "edition-unlinked": Rule(
        "Mouvements des communes absents",
        "No table of movements",
        "Le tableau des mouvements des communes n'est pas dans le dossier : les codes d'une autre édition "
        "n'ont pas pu être reportés.",
        "The table of movements of the communes is not in the folder: codes of another edition could not be"
        " carried.",
    ),
    "empty-code": Rule(
        "Code absent",
        "Missing code",
        "Une ligne n'a pas de code officiel : elle ne peut être rattachée à rien et a été laissée de côté.",
        "A row has no official code: it belongs nowhere and was left out.",
    ),
    "empty-geometry": Rule(
        "Ligne sans position",
        "Row without position",
        "Une ligne n'a ni point ni contour ; elle ne peut être dessinée et a été laissée de côté.",
        "A row has no point or outline; it cannot be drawn and was left out.",
    ),
    "commune-secret": Rule(
        "Valeur secrète",
        "Withheld value",
        "Le producteur ne diffuse pas la valeur de cette commune (secret statistique) : elle n'entre dans "
        "aucun "
        "total, et n'est jamais comptée comme nulle.",
        "The producer withholds the value of this commune (statistical secrecy): it counts in no total, and "
        "never as zero.",
    ),
    "given-twice": Rule(
        "Valeur donnée deux fois",
        "Value given twice",
        "Deux fichiers donnent une valeur pour la même commune ; le premier déclaré est gardé.",
        "Two files give a value for one commune; the first declared is kept.",
    ),
    "invalid-geometry": Rule(
        "Contour réparé",
        "Outline repaired",
        "Un contour se recoupait ou comptait des parties superposées ; il a été réparé sans changer le "
        "terrain qu'il couvre, et le changement de surface est indiqué.",
        "An outline crossed itself or had overlapping parts; it was repaired to cover the same ground, and "
        "the change of area is given.",
    ),
    "member-of-other-kind": Rule(
        "Membre d'une autre nature",
        "Member of another kind",
        "Ce membre n'est pas un EPCI de la liste ; il a été retrouvé dans une autre (établissement public "
        "territorial ou commune seule).",
        "This member is no EPCI of the list; it was found in another one (an établissement public "
        "territorial or a single commune).",
    ),
    "member-off-map": Rule(
        "Membre en partie hors de la carte",
        "Member partly off the map",
        "Ce membre couvre des communes sans contour, souvent d'une édition plus ancienne.",
        "This member covers communes without outline, often of an older edition.",
    ),
    "no-value": Rule(
        "Territoire sans valeur",
        "Territory without a value",
        "Trop peu de communes de ce territoire ont une valeur connue : l'indicateur y est absent, et non "
        "nul.",
        "Too few communes of this territory have a known value: the indicator is absent there, not zero.",
    ),
    "numbered-areas": Rule(
        "Zones sans code",
        "Areas without a code",
        "Le fichier ne donne pas de code à ses zones ; elles ont été numérotées dans l'ordre de ses lignes.",
        "The file gives its areas no code; they were numbered in the order of its rows.",
    ),
    "outside-world": Rule(
        "Position hors du globe",
        "Position outside the world",
        "La longitude ou la latitude sort des bornes (±180, ±90) ; la ligne a été laissée de côté.",
        "The longitude or latitude is out of range (±180, ±90); the row was left out.",
    ),
    "partial-sum": Rule(
        "Valeur partielle",
        "Partial value",
        "Des communes du territoire n'ont pas de valeur, ou elle est secrète ; la somme ou la moyenne porte "
        "sur "
        "les autres, et la part connue est publiée avec elle.",
        "Some communes of the territory have no value, or a withheld one; the sum or mean is over the "
        "others, "
        "and the share known is published with it.",
    ),
    "regroup-ignored": Rule(
        "Parties non additionnées",
        "Parts not added",
        "Le fichier donne la commune et ses arrondissements ; la valeur de la commune est gardée seule.",
        "The file gives the commune and its arrondissements; only the commune's own value is kept.",
    ),
    "regroup-impossible": Rule(
        "Parties impossibles à réunir",
        "Parts that make no whole",
        "Le fichier donne les arrondissements à la place de leur commune, et une médiane ou un taux ne "
        "s'additionne pas : la commune n'a pas de valeur.",
        "The file gives the arrondissements in place of their commune, and medians or rates do not add up: "
        "the "
        "commune has no value.",
    ),
    "regroup-incomplete": Rule(
        "Regroupement incomplet",
        "Incomplete regrouping",
        "Il manque des arrondissements à la somme qui remplace leur commune.",
        "The sum that stands for the commune lacks some of its arrondissements.",
    ),
    "regrouped": Rule(
        "Arrondissements regroupés",
        "Arrondissements regrouped",
        "Le fichier donne les arrondissements municipaux à la place de la commune ; ils ont été additionnés.",
        "The file gives the municipal arrondissements in place of the commune; they were added up.",
    ),
    "several-names": Rule(
        "Plusieurs noms pour un code",
        "Several names for one code",
        "Un même code porte plusieurs noms dans le fichier ; le premier est gardé.",
        "One code has several names in the file; the first is kept.",
    ),
    "territory-without-commune": Rule(
        "Territoire sans commune",
        "Territory without commune",
        "Aucune commune de la carte n'appartient à ce territoire ; il a été laissé de côté.",
        "No commune on the map belongs to this territory; it was left out.",
    ),
    "unknown-code": Rule(
        "Code inconnu",
        "Unknown code",
        "Le fichier donne une valeur pour un code qui n'est celui d'aucune commune de la carte : elle ne "
        "compte dans aucun total.",
        "The file gives a value for a code that is no commune on the map: it counts in no total.",
    ),
    "unknown-zone": Rule(
        "Zone sans commune",
        "Zone without commune",
        "Le fichier donne une valeur pour une zone où aucune commune de la carte ne se trouve : elle ne "
        "compte "
        "dans aucun total.",
        "The file gives a value for a zone in which no commune of the map lies: it counts in no total.",
    ),
    "zone-several": Rule(
        "Commune de plusieurs zones",
        "Commune of several zones",
        "Cette commune en réunit plusieurs, qui étaient de zones différentes ; elle a reçu la zone de celle "
        "dont elle porte le code.",
        "This commune is made of several that were in different zones; it was given the zone of the one "
        "whose "
        "code it has.",
    ),
    "unknown-member": Rule(
        "Membre introuvable",
        "Member not found",
        "Ce membre ne figure dans aucune des listes déclarées ; il n'apporte aucune commune au territoire.",
        "This member is in none of the declared lists; it adds no commune to its territory.",
    ),
    "unreadable-value": Rule(
        "Valeur illisible",
        "Unreadable value",
        "La cellule n'est pas du type déclaré (par exemple du texte à la place d'un nombre) ; elle est "
        "traitée comme manquante.",
        "The cell is not of the declared type (text in place of a number, for example); it is taken as "
        "missing.",
    ),
    "without-name": Rule(
        "Territoire sans nom",
        "Territory without a name",
        "Le fichier ne donne pas de nom à ce code ; le code en tient lieu.",
        "The file gives this code no name; the code stands for it.",
    ),
}
RULES |= LABOUR_RULES | CLEANING | PARTNER_RULES


def explain(rule: str) -> Rule:
    """Return what a rule means; a rule that is not described here is shown by its slug."""
    return RULES.get(rule) or Rule(rule, rule, "", "")
