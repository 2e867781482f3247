"""Writing the statistics of the invented country, and what became of its communes."""

import zipfile
from pathlib import Path

import numpy as np
import pandas as pd

from preprocess.demo import statistics
from preprocess.demo.country import Country
from preprocess.demo.past import invent_past, movements
from preprocess.demo.workbook import EPOCH, write_workbook

_INCOMES = "base-cc-filosofi-2019-geo2022.xlsx"


def write_statistics(directory: Path, country: Country, rng: np.random.Generator) -> None:
    """Write the table of movements, and the statistics by commune and zone, in folders that exist."""
    past = invent_past(country, rng)
    _csv(directory / "communes/mouvements-communes.csv", movements(country, past))
    folder = directory / "indicateurs"
    _csv(
        folder / "base_etablissement_par_tranche_effectif_2014.csv",
        statistics.establishments(country, past, rng),
    )
    _csv(folder / "grille_densite.csv", statistics.density_grid(country), "utf-8-sig")
    write_workbook(folder / "ZE2020_au_01-01-2023.xlsx", statistics.zone_sheets(country))
    unemployment = statistics.unemployment_sheets(country, rng)
    write_workbook(folder / "chomage-zone-t1-2003-t3-2023.xlsx", unemployment)
    book = directory / _INCOMES
    write_workbook(book, statistics.income_sheets(country, past, rng))
    with zipfile.ZipFile(folder / "base-cc-filosofi-2019_XLSX.zip", "w") as archive:
        archive.writestr(zipfile.ZipInfo(_INCOMES, date_time=EPOCH), book.read_bytes())
    book.unlink()


def _csv(path: Path, table: pd.DataFrame, encoding: str = "utf-8") -> None:
    table.to_csv(path, index=False, lineterminator="\n", encoding=encoding)
