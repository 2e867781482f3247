"""Seeded value noise on the plane: coasts, relief of density, crowding of cells."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def fractal_noise(points_km: Floats, *, scale_km: float, octaves: int, rng: np.random.Generator) -> Floats:
    """Sum `octaves` of smooth noise, each half as wide and 0.55 as high as the one before.

    Each is turned against the one before, so that no axis shows.

    `points_km` is (points, 2) in km, the result (points,), about -1.5 to 1.5 around zero.
    """
    total = np.zeros(len(points_km))
    amplitude, width = 1.0, scale_km
    for octave in range(octaves):
        turn = np.exp(1j * (0.5 + 2.4 * octave))
        rotation = np.array([[turn.real, turn.imag], [-turn.imag, turn.real]])
        total += amplitude * _smooth_noise(points_km @ rotation / width, rng)
        amplitude, width = amplitude * 0.55, width / 2
    return total


def _smooth_noise(points: Floats, rng: np.random.Generator) -> Floats:
    """Interpolate a lattice of random heights in -1…1 at `points` (points, 2)."""
    base = np.floor(points)
    origin = base.min(axis=0)
    column, row = (base - origin).astype(np.int64).T
    lattice = rng.uniform(-1, 1, (row.max() + 2, column.max() + 2))
    part = points - base
    across, along = (part * part * (3 - 2 * part)).T
    below = lattice[row, column] * (1 - across) + lattice[row, column + 1] * across
    above = lattice[row + 1, column] * (1 - across) + lattice[row + 1, column + 1] * across
    return np.asarray(below * (1 - along) + above * along)
