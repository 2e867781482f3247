"""No combination of what is published reveals a secret cell.

Two proofs. *Non-interference*: whatever stands behind the marks of secrecy, what is published is the same to
the last bit. *Attack*: somebody who has the files (with their marks) and all published figures of all levels,
trade, family and total sets up one linear system and solves it for the secret cells. The attack is first
shown to work, on figures that would count what is secret.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from preprocess.labour.figures import add_up, settle
from tileserver.store.labour_format import FIGURES, Cell

Floats = NDArray[np.float64]

ATOMS, TERRITORIES, YEARS, LEAST = 9, 15, 2, 5
SEEDS = range(25)
FAMILY = {3: 1, 4: 1, 5: 1, 6: 2, 7: 2}
"""Trades and their families, by number; 0 is the total."""

TRADES = pd.DataFrame(
    {
        "nomenclature": "fap",
        "kind": ["total", "family", "family", *["trade"] * len(FAMILY)],
        "code": ["all", "A", "B", *(f"T{number}" for number in FAMILY)],
        "name": "…",
        "family": ["", "", "", *("AB"[family - 1] for family in FAMILY.values())],
    }
)


@dataclass(frozen=True)
class World:
    """What is true and what of it the files show, and how zones reach the territories."""

    cells: pd.DataFrame
    shares: pd.DataFrame

    def with_other_secrets(self, rng: np.random.Generator) -> "World":
        """Return a world that looks the same: only what stands behind the marks is another."""
        cells = self.cells.copy()
        for name in FIGURES:
            secret = cells[f"{name}_state"] == Cell.SECRET
            cells.loc[secret, name] = rng.integers(0, 10_000, int(secret.sum())).astype(float)
        return World(cells, self.shares)

    @property
    def published(self) -> pd.DataFrame:
        """All figures of all territories, trades, families and totals."""
        sums = add_up(self.cells, self.shares, TRADES)
        return pd.concat([sums[["territory", "trade", "year"]], settle(sums)], axis=1)


def draw(seed: int) -> World:
    """Draw a world: a nation, each zone by itself, regions of whole zones, territories of parts of them."""
    rng = np.random.default_rng(seed)
    every = [(atom, trade, year) for atom in range(ATOMS) for trade in FAMILY for year in range(YEARS)]
    listed = [each for each in every if rng.random() < 0.7]
    cells = pd.DataFrame(listed, columns=["atom", "trade", "year"])
    cells["met"] = rng.integers(1, 30, len(cells)).astype(float)
    for name in FIGURES[1:]:
        cells[name] = rng.binomial(cells["met"].astype(int), 0.5).astype(float)
    cells["met_state"] = np.where(cells["met"] < LEAST, Cell.SECRET, Cell.KNOWN).astype(np.uint8)
    for name in FIGURES[1:]:
        hidden = (cells[name] < LEAST) | (cells["met_state"] == Cell.SECRET)
        cells[f"{name}_state"] = np.where(hidden, Cell.SECRET, Cell.KNOWN).astype(np.uint8)
    people = rng.integers(100, 1000, ATOMS).astype(float)
    rows = [(0, atom, 1.0) for atom in range(ATOMS)]
    rows += [(1 + atom, atom, 1.0) for atom in range(ATOMS)]
    rows += [(1 + ATOMS + atom // 3, atom, 1.0) for atom in range(ATOMS)]
    for atom in range(ATOMS):
        part = round(float(rng.random()), 3)
        rows += [(13, atom, part), (14, atom, 1 - part)]
    shares = pd.DataFrame(rows, columns=["territory", "atom", "share"])
    shares["population"] = shares["share"] * people[shares["atom"]]
    return World(cells, shares.sort_values(["territory", "atom"], ignore_index=True))


def design(world: World, published: pd.DataFrame) -> Floats:
    """Write each published figure as a sum over the cells of the files: float64 (figures, cells)."""
    share = np.zeros((TERRITORIES, ATOMS))
    share[world.shares["territory"], world.shares["atom"]] = world.shares["share"]
    trade, cells = published["trade"].to_numpy()[:, None], world.cells
    of = cells["trade"].to_numpy()
    counted = (trade == 0) | (trade == of) | (trade == np.array([FAMILY[each] for each in of]))
    same_year = published["year"].to_numpy()[:, None] == cells["year"].to_numpy()
    weights: Floats = share[published["territory"]][:, cells["atom"]] * counted * same_year
    return weights


def attack(weights: Floats, figures: Floats, known: Floats) -> dict[int, float]:
    """Solve for the cells that are NaN in `known`; return those that the figures determine.

    What is known is taken off each figure; what is left is a sum of secret cells. A cell is determined where
    its unit vector is a combination of such sums (a row space, by its singular vectors).
    """
    there = ~np.isnan(figures)
    secret = np.flatnonzero(np.isnan(known))
    left = figures[there] - weights[there] @ np.nan_to_num(known)
    unknown = weights[there][:, secret]
    solution, *_ = np.linalg.lstsq(unknown, left, rcond=None)
    _, sizes, rows = np.linalg.svd(unknown, full_matrices=False)
    space = rows[sizes > 1e-9 * sizes.max()]
    determined = np.isclose((space**2).sum(axis=0), 1)
    return {int(secret[n]): float(solution[n]) for n in np.flatnonzero(determined)}


def shown(world: World, name: str) -> Floats:
    """Return what the files show of a figure; NaN where it is secret."""
    state = world.cells[f"{name}_state"].to_numpy()
    return np.where(state == Cell.KNOWN, world.cells[name].to_numpy(), np.nan)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_published_does_not_depend_on_what_is_secret(seed: int) -> None:
    world = draw(seed)
    other = world.with_other_secrets(np.random.default_rng([seed, 1]))
    assert not other.cells.equals(world.cells)
    pd.testing.assert_frame_equal(world.published, other.published, check_exact=True)


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize("seed", SEEDS[:5])
def test_the_attack_finds_secrets_in_sums_that_count_them(seed: int, name: str) -> None:
    world = draw(seed)
    published = world.published
    weights = design(world, published)
    careless = weights @ world.cells[name].to_numpy()
    # the zones keep their secrets, the levels above count them
    zone = published["territory"].between(1, ATOMS).to_numpy()
    careless[zone] = np.where(published.loc[zone, f"{name}_known"] == 1, careless[zone], np.nan)
    found = attack(weights, careless, shown(world, name))
    truth = world.cells[name].to_numpy()
    assert len(found) >= 5
    assert all(value == pytest.approx(truth[cell], abs=1e-6) for cell, value in found.items())


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize("seed", SEEDS)
def test_subtraction_over_levels_and_trades_finds_nothing(seed: int, name: str) -> None:
    world = draw(seed)
    published = world.published
    weights = design(world, published)
    figures, known = published[name].to_numpy(), shown(world, name)
    there = ~np.isnan(figures)
    # nothing is left of any figure when what the files show is taken off: there is nothing to solve
    left = figures[there] - weights[there] @ np.nan_to_num(known)
    assert np.abs(left).max() < 1e-9
    # and so every cell that the system "determines" comes out as nought, whatever it is
    found = attack(weights, figures, known)
    assert found
    assert all(abs(value) < 1e-6 for value in found.values())


@pytest.mark.parametrize("seed", SEEDS)
def test_the_projects_behind_a_share_are_those_that_the_files_show(seed: int) -> None:
    """What a share divides by can be worked out from it and from its part: it must be no secret either."""
    world = draw(seed)
    published = world.published
    weights = design(world, published)
    for part in FIGURES[1:]:
        both = np.where(np.isnan(shown(world, part)), 0.0, np.nan_to_num(shown(world, "met")))
        behind = published[f"met_of_{part}"].to_numpy()
        there = ~np.isnan(behind)
        assert np.abs(behind[there] - weights[there] @ both).max() < 1e-9
        assert not np.isnan(behind[published[f"{part}_known"] > 0]).any()
