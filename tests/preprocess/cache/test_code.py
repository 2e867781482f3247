"""The version of a step's program: its module and all that this one imports, and no more."""

import subprocess
import sys
from pathlib import Path

from preprocess.cache.code import code_digest, modules_behind
from preprocess.labels import label_points
from preprocess.sources import read_table

ROOT = Path(__file__).resolve().parents[3]


def test_a_step_rests_on_what_its_module_imports() -> None:
    behind = modules_behind("preprocess.territory_shapes")
    assert {"preprocess.territory_shapes", "preprocess.detail", "preprocess.coverage", "preprocess.grid"} <= {
        *behind
    }
    assert "tileserver.store.writer" in behind
    assert "preprocess.report" not in behind
    assert not [name for name in behind if name.startswith("shapely")]


def test_everything_that_is_loaded_for_a_step_is_behind_it() -> None:
    """Asked of a fresh process, which loads no more than the step needs."""
    script = (
        "import sys, preprocess.territory_shapes\n"
        "ours = ('layers', 'preprocess', 'styles', 'tileserver')\n"
        "print(*sorted(name for name in sys.modules if name.split('.')[0] in ours))"
    )
    result = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert set(result.stdout.split()) <= {*modules_behind("preprocess.territory_shapes")}


def test_steps_of_other_modules_have_other_digests_and_each_always_its_own() -> None:
    assert code_digest(read_table) != code_digest(label_points)
    assert code_digest(read_table) == code_digest(read_table)
