"""A partner's table in a build: its figures are an indicator of the store, its faults are in the report."""

import json
from pathlib import Path

import pandas as pd

from preprocess.build import build
from tests.commands.test_check import TOML
from tests.preprocess.shallow import shallow_catalog
from tileserver.store.reader import open_store


def test_a_partners_table_becomes_an_indicator_at_every_level(demo_sources: Path, tmp_path: Path) -> None:
    listed = pd.read_csv(demo_sources / "territoires" / "communes_epci_2025_cogiter.csv", dtype="str")
    codes = listed["DEPCOM"].tolist()
    folder = tmp_path / "partners"
    folder.mkdir()
    rows = "".join(f"{code.lstrip('0')};{n}\n" for n, code in enumerate(codes))
    (folder / "jobs.csv").write_text("insee;jobs\n" + rows + "99999;7\n")
    (folder / "jobs.toml").write_text(TOML)
    (folder / "broken.csv").write_text("insee;jobs\nx;y\n")
    (folder / "broken.toml").write_text(TOML)
    result = build(demo_sources, tmp_path / "store", catalog=shallow_catalog(), partners=folder)
    store = open_store(tmp_path / "store")
    communes = store.layer("communes").attributes.to_pandas().set_index("code")["jobs"]
    wanted = pd.Series(range(len(codes)), index=codes)
    assert (communes == wanted.loc[communes.index]).all()
    departements = store.layer("departements").attributes.to_pandas().set_index("code")["jobs"]
    sums = wanted.loc[communes.index].groupby(listed.set_index("DEPCOM")["DEP"].loc[communes.index]).sum()
    assert (departements == sums.loc[departements.index]).all()
    ids = {entry.id for entry in store.manifest.indicators}
    assert "jobs" in ids
    assert "broken" not in ids
    source = next(entry for entry in store.manifest.sources if entry.id == "partner_jobs")
    assert source.path == "partners/jobs.csv"
    findings = json.loads((result.directory / "report.json").read_text())["findings"]
    told = {(item["source"], item["rule"]) for item in findings}
    assert {
        ("partner_jobs", "partner-code-unknown"),
        ("partner_jobs", "partner-kept"),
        ("partner_broken", "partner-unusable"),
    } <= told
