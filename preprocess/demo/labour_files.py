"""Writing the survey of recruitment projects of the invented country."""

from pathlib import Path

import numpy as np
import pandas as pd

from preprocess.demo import labour
from preprocess.demo.country import Country
from preprocess.demo.trades import TRADES
from preprocess.demo.workbook import write_workbook


def write_labour(folder: Path, country: Country, seed: int) -> None:
    """Write a workbook a year, two lists of zones and a nomenclature; with random numbers of their own."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng([seed, 1])
    zones = labour.draw_zones(country)
    for year in TRADES:
        sheets = labour.survey_sheets(country, zones, year, rng)
        write_workbook(folder / f"Base_open_data_BMO_{year}.xlsx", sheets)
    _write(folder / "bassin_emploi_commune_2024.csv", labour.zone_list_2024(country, zones))
    _write(folder / "bassin_emploi_commune_2019.csv", labour.zone_list_2019(country, zones))
    text = labour.nomenclature().to_csv(sep=";", index=False, lineterminator="\r\n")
    (folder / "Intitules_FAP2021.csv").write_text("\ufeff" + text, encoding="utf-8", newline="")


def _write(path: Path, table: pd.DataFrame) -> None:
    table.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")
