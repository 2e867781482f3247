"""What the findings of the survey of recruitment projects mean: French first, English second."""

from preprocess.rule import Rule

LABOUR_RULES: dict[str, Rule] = {
    "labour-contradiction": Rule(
        "Partie supérieure au tout",
        "Part greater than its whole",
        "Les projets difficiles ou saisonniers dépassent le nombre de projets, ou sont connus alors "
        "qu'il ne l'est pas ; ils sont traités comme manquants.",
        "The difficult or seasonal projects exceed the number of projects, or are known where it is "
        "not; they are taken as missing.",
    ),
    "labour-off-map": Rule(
        "Lignes hors de la carte",
        "Rows off the map",
        "Le département de ces lignes n'est pas sur la carte ; elles ne comptent nulle part.",
        "The département of these rows is not on the map; they count nowhere.",
    ),
    "labour-outside": Rule(
        "Bassin hors de la carte",
        "Zone off the map",
        "Ce bassin est déclaré hors de la carte ; ses projets ne comptent nulle part.",
        "This zone is declared to be off the map; its projects count nowhere.",
    ),
    "labour-secret": Rule(
        "Chiffres secrets",
        "Secret figures",
        "Le producteur ne diffuse pas ces chiffres. Aucune somme ne les compte ; celles dont une "
        "partie est secrète sont dites partielles, avec la part connue.",
        "The producer withholds these figures. No sum counts them; sums of which some part is secret "
        "are told to be partial, with the share known.",
    ),
    "labour-unknown-trade": Rule(
        "Métier absent de la nomenclature",
        "Trade not in the nomenclature",
        "L'enquête emploie des codes que la liste officielle ne connaît pas ; ils sont gardés.",
        "The survey uses codes that the official list does not know; they are kept.",
    ),
    "labour-zone-divided": Rule(
        "Commune issue de plusieurs bassins",
        "Commune made of several zones",
        "Les communes qui ont formé celle-ci étaient de bassins différents ; elle est rattachée à "
        "celui de la plus grande part d'entre elles.",
        "The communes that this one is made of were of different zones; it went to that of the "
        "largest share.",
    ),
    "labour-zone-lacking": Rule(
        "Communes sans bassin",
        "Communes without a zone",
        "La liste ne mène à aucun bassin pour ces communes ; aucun projet ne leur est attribué.",
        "The list leads to no zone for these communes; no project is given to them.",
    ),
    "labour-zone-older": Rule(
        "Éditions mêlées dans la liste des bassins",
        "Mixed editions in the list of zones",
        "La liste donne aussi des codes qui ne sont plus des communes, ou qui n'en sont pas ; la "
        "ligne propre de chaque commune d'aujourd'hui l'emporte.",
        "The list also has codes that are communes no more, or none of the map; the own row of each "
        "commune of today decides.",
    ),
    "labour-zone-unplaced": Rule(
        "Bassin sans communes dans la liste",
        "Zone without communes in the list",
        "La liste ne donne aucune commune de ce bassin dans ce département ; ses projets comptent "
        "pour le département et au-dessus, pas pour les territoires plus petits.",
        "The list has no commune of this zone in this département; its projects count for the "
        "département and above, not for smaller territories.",
    ),
    "labour-zones-compared": Rule(
        "Listes de bassins comparées",
        "Lists of zones compared",
        "Nombre de communes qu'une liste d'une autre année met dans un autre bassin : la précision du "
        "rattachement pour les années qui n'ont pas de liste propre.",
        "How many communes a list of another year puts in another zone: how far the zones can be "
        "trusted for years without a list of their own.",
    ),
}
