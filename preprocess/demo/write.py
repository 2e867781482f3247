"""Writing the invented country to a directory, in files named as the real ones."""

from pathlib import Path

import numpy as np
import pandas as pd

from preprocess.demo import tables, zonings
from preprocess.demo.brownfields import brownfield_sites
from preprocess.demo.country import Country, invent
from preprocess.demo.cover import write_cover
from preprocess.demo.labour_files import write_labour
from preprocess.demo.mark import FIRST_LINE, MARK, is_demo
from preprocess.demo.names import COUNTRY
from preprocess.demo.projects import manufactures_geojson, relance_projects
from preprocess.demo.sites import place_brownfields, place_quarters
from preprocess.demo.workbook import write_workbook
from preprocess.demo.write_statistics import write_statistics
from preprocess.progress import Progress, Silent
from tileserver.errors import ConfigError, SourceError

SMALLEST, LARGEST = 300, 40_000

_SILENT = Silent()
_README = f"""{FIRST_LINE}

FR  {COUNTRY} n'existe pas. Ses côtes, ses communes, leurs noms, leurs codes, leurs habitants et
    leurs friches sont tirés au sort (graine {{seed}}, {{communes}} communes). Les fichiers portent
    les noms et les colonnes des vrais, pour que les mêmes déclarations servent aux deux. Un code
    qui ressemble à un vrai code ne désigne rien de réel.

EN  {COUNTRY} does not exist. Its coasts, its communes, their names, codes, people and brownfield
    sites are drawn at random (seed {{seed}}, {{communes}} communes). The files bear the names and
    columns of the real ones, so that the same declarations serve both. A code that looks like a
    real one stands for nothing real.
"""


def write_demo(directory: Path, *, seed: int = 7, communes: int = 3000, progress: Progress = _SILENT) -> None:
    """Write a synthetic country of exactly `communes` communes under `directory`.

    The same seed and number give the same bytes. Outlines and points are EPSG:4326, surfaces m².
    A directory that holds an earlier demo is written over; any other that is not empty is left
    alone.

    Raises ConfigError for fewer than 300 or more than 40,000 communes, SourceError for a
    directory that cannot be written or holds something else.
    """
    if not SMALLEST <= communes <= LARGEST:
        raise ConfigError(f"communes = {communes}: a demo country has {SMALLEST} to {LARGEST} communes")
    _check_directory(directory)
    rng = np.random.default_rng(seed)
    with progress.step("demo country", total=8) as step:
        country = invent(communes, rng, step)
        try:
            _write_readme(directory, seed, communes)
            _write_places(directory, country)
            step.advance()
            _write_tables(directory, country, rng)
            step.advance()
            _write_points(directory, country, rng)
            _write_projects(directory, country, np.random.default_rng([seed, 6]))
            _write_zonings(directory, country, seed)
            step.advance()
            write_labour(directory / "bmo", country, seed)
            write_statistics(directory, country, np.random.default_rng([seed, 1]))
            step.advance()
        except OSError as error:
            raise SourceError(
                f"{directory}: cannot be written ({error.strerror or error}); choose a directory that may be"
            ) from error


def _check_directory(directory: Path) -> None:
    """Refuse what is no directory, may not be read, or holds anything but a demo."""
    try:
        if not directory.exists():
            return
        if not directory.is_dir():
            raise SourceError(f"{directory}: is a file; name a directory for the demo")
        if not any(directory.iterdir()):
            return
        if is_demo(directory):
            return
    except OSError as error:
        raise SourceError(
            f"{directory}: cannot be read ({error.strerror or error}); choose another directory"
        ) from error
    raise SourceError(
        f"{directory}: is not empty and holds no demo country; choose an empty or new directory"
    )


def _write_readme(directory: Path, seed: int, communes: int) -> None:
    folders = ("communes", "territoires", "indicateurs", "foncier", "zonages", "natura2000", "projets")
    for folder in (*folders, "raster"):
        (directory / folder).mkdir(parents=True, exist_ok=True)
    text = _README.format(seed=seed, communes=communes)
    (directory / MARK).write_text(text, encoding="utf-8", newline="\n")


def _write_places(directory: Path, country: Country) -> None:
    """Outlines, and every table of what belongs to what."""
    outlines = tables.commune_outlines(country)
    outlines.to_parquet(directory / "communes/communes_2025prov_cogiter_4326.parquet", index=False)
    folder = directory / "territoires"
    _csv(folder / "communes_epci_2025_cogiter.csv", tables.commune_memberships(country))
    _csv(folder / "epci_2025_table.csv", tables.epci_list(country))
    _csv(folder / "ti_epci_2023_anct_183.csv", country.members)
    write_workbook(folder / "ept.xlsx", tables.ept_sheets(country))
    write_workbook(folder / "banatic_siren_insee.xlsx", tables.siren_sheet(country))


def _write_tables(directory: Path, country: Country, rng: np.random.Generator) -> None:
    """Legal populations; line ends differ between the two files, as in the real ones."""
    folder = directory / "indicateurs"
    population = tables.legal_population(country, rng)
    _csv(folder / "population_legale_communes.csv", population, separator=";", end="\r\n")
    lagoon = tables.lagoon_population(country)
    _csv(folder / "population_legale_mayotte.csv", lagoon, separator=";")


def _write_points(directory: Path, country: Country, rng: np.random.Generator) -> None:
    sites = brownfield_sites(country, place_brownfields(country, rng))
    sites.to_parquet(directory / "foncier/cartofriches_points_2024-03.parquet", index=False)
    text = tables.quarters_geojson(country, place_quarters(country, rng))
    (directory / "zonages/qpv_centroides.geojson").write_text(text, "utf-8", newline="\n")


def _write_projects(directory: Path, country: Country, rng: np.random.Generator) -> None:
    """Write the projects by a draw of their own, so that the rest of the country stays as it was."""
    folder = directory / "projets"
    path = folder / "france_relance_projets_industriels_ECHANTILLON.csv"
    _csv(path, relance_projects(country, rng), separator=";", end="\r\n")
    text = manufactures_geojson(country, rng)
    (folder / "anct_manuprox.geojson").write_text(text, "utf-8", newline="\n")


def _write_zonings(directory: Path, country: Country, seed: int) -> None:
    """Zonings have random numbers of their own: they change nothing else of the country."""
    files = {f"natura2000/{name}": text for name, text in zonings.protected_areas(country, seed).items()}
    files |= {f"zonages/{name}": text for name, text in zonings.towns(country, seed).items()}
    write_cover(directory / "raster/CLC2018_Lot.tif", country, seed)
    files["zonages/zrr_communes_2022.json"] = zonings.revitalised(country, seed)
    files["zonages/afr_src.topojson"] = zonings.aid_topojson(country, seed)
    for name, text in files.items():
        (directory / name).write_text(text, "utf-8", newline="\n")


def _csv(path: Path, table: pd.DataFrame, separator: str = ",", end: str = "\n") -> None:
    table.to_csv(path, sep=separator, index=False, lineterminator=end, encoding="utf-8")
