"""The names of the open-data files and their columns, as the real ones have them."""

import hashlib
from pathlib import Path

from preprocess.demo.brownfields import COLUMNS

OUTLINES = "communes/communes_2025prov_cogiter_4326.parquet"
BROWNFIELDS = "foncier/cartofriches_points_2024-03.parquet"
QUARTERS = "zonages/qpv_centroides.geojson"
MEMBERSHIPS = "territoires/communes_epci_2025_cogiter.csv"
EPCI = "territoires/epci_2025_table.csv"
TI = "territoires/ti_epci_2023_anct_183.csv"
EPT = "territoires/ept.xlsx"
SIREN = "territoires/banatic_siren_insee.xlsx"
RELANCE = "projets/france_relance_projets_industriels_ECHANTILLON.csv"
MANUPROX = "projets/anct_manuprox.geojson"
POPULATION = "indicateurs/population_legale_communes.csv"
LAGOON = "indicateurs/population_legale_mayotte.csv"

CSV_COLUMNS = {
    MEMBERSHIPS: (
        "DEPCOM,NOM_DEPCOM,EPCI,NOM_EPCI,DEP,NOM_DEP,REG,NOM_REG,DEPARTEMENTS_DE_L_EPCI,"
        "REGIONS_DE_L_EPCI,ARR,TNCC,NCC,NCCENR,CAN,COMPARENT"
    ),
    EPCI: "EPCI,NOM_EPCI,NATURE_EPCI,DEPARTEMENTS_DE_L_EPCI,REGIONS_DE_L_EPCI,DEP_SIEGE_EPCI",
    TI: "id_ti,lib_ti,siren_epci,nom_epci",
    POPULATION: "REG;Région;DEP;CODARR;CODCAN;CODCOM;COM;Commune;PMUN;PCAP;PTOT",
    LAGOON: "CODREG;REG;DEP;CODARR;CODCAN;CODCOM;COM;PMUN;PCAP;PTOT",
    RELANCE: (
        "entreprise;type_entreprise;siren;volet_relance;mesure;nom_departement;nom_commune;code_postal;"
        "coordonnees_gps;description_projet;mesure_light;mise_a_jour;filiere;"
        "tonnes_equivalent_co2_pour_les_projets_decarbonation;code_departement;nom_region"
    ),
}
PARQUET_COLUMNS = {
    OUTLINES: ["DEPCOM", "AREA", "geometry", "NOM_DEPCOM", "EPCI", "NOM_EPCI", "DEP", "REG"],
    BROWNFIELDS: [*COLUMNS, "geometry"],
}
SHEET_HEADERS = {
    EPT: ("Composition_communale", 5, ["CODGEO", "LIBGEO", "EPT", "LIBEPT", "DEP", "REG"]),
    SIREN: (
        "insee_siren",
        0,
        ["Reg_com", "dep_com", "siren", "insee", "nom_com", "ptot_2024", "pmun_2024", "pcap_2024"],
    ),
}


def digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
