"""Promises that the project makes about itself: documented, declared, portable, in small modules."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import click
import pytest

from tileserver.config import PREFIX, Settings

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("tileserver", "layers", "styles", "preprocess")
OPERATIONS = ROOT / "docs" / "operations.md"
MAX_LINES = 400

# Written in halves, so that this file does not hold what it forbids.
FORBIDDEN = {
    "a folder of one machine": re.compile("/wo" + "rk/|/ro" + "ot/|/home" + r"/\w"),
    "the address of a registry": re.compile(
        "pypi" + r"\.org|pythonhosted" + r"\.org|registry" + r"\.npmjs|deb\.debian" + r"\.org", re.IGNORECASE
    ),
    "an option that names a registry": re.compile(
        "(?m)--(extra-)?index" + "-url|--find" + "-links|^registry" + " *="
    ),
}

# Loaded by name, never imported: servers load it, the build backend is it, tools are run.
NOT_IMPORTED = {"font-source-sans-pro", "uvicorn"}


@cache
def tracked() -> tuple[Path, ...]:
    """Every file under version control; without git (a source archive), a skip."""
    asked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if asked.returncode:
        pytest.skip("not a git checkout")
    return tuple(
        path for name in asked.stdout.decode().split("\0") if name and (path := ROOT / name).is_file()
    )


def modules() -> Iterator[Path]:
    """Every Python module of the project and of its tests."""
    for package in (*PACKAGES, "tests"):
        yield from (ROOT / package).rglob("*.py")


def section(text: str, title: str) -> str:
    """Give what stands under the heading that holds `title` in backticks; empty when there is none."""
    pattern = rf"^#+ [^\n]*`{re.escape(title)}`[^\n]*\n(.*?)(?=^#|\Z)"
    found = re.search(pattern, text, re.MULTILINE | re.DOTALL)
    return found.group(1) if found else ""


def commands() -> dict[str, click.Command]:
    """Every command of the command line, by its name."""
    from tileserver.cli import main

    assert isinstance(main, click.Group)
    return dict(main.commands)


def test_every_setting_has_its_heading_in_the_operations_page() -> None:
    page = OPERATIONS.read_text(encoding="utf-8")
    names = [PREFIX + field.upper() for field in Settings.__struct_fields__]
    assert names
    assert [name for name in names if not section(page, name).strip()] == []


def test_every_command_and_option_is_in_the_operations_page() -> None:
    page = OPERATIONS.read_text(encoding="utf-8")
    lacking = []
    for name, command in commands().items():
        text = section(page, f"tileserver {name}")
        if not text.strip():
            lacking.append(name)
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                shown = max(parameter.opts, key=len)
                if f"`{shown}" not in text:
                    lacking.append(f"{name} {shown}")
    assert lacking == []


def test_every_command_is_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [name for name in commands() if f"tileserver {name}" not in readme] == []


def test_no_file_names_a_machine_or_a_registry() -> None:
    found = []
    for path in tracked():
        text = path.read_bytes().decode("utf-8", errors="replace")
        for what, pattern in FORBIDDEN.items():
            if match := pattern.search(text):
                found.append(f"{path.relative_to(ROOT)}: {what} ({match.group()})")
    assert found == []


def test_no_module_is_longer_than_it_should_be() -> None:
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines()) for path in modules()
    }
    assert lengths
    assert {name: lines for name, lines in lengths.items() if lines > MAX_LINES} == {}


def imported(package: str) -> set[str]:
    """Give the top-level names that the modules of a package import, but those of Python itself."""
    names: set[str] = set()
    for path in (ROOT / package).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Import):
                names.update(alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                names.add((node.module or "").partition(".")[0])
    return names - set(sys.stdlib_module_names) - set(PACKAGES)


def test_the_declared_dependencies_are_those_that_are_imported() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = {re.split(r"[\[<>=!~; ]", entry)[0].lower() for entry in project["dependencies"]}
    distributions = packages_distributions()
    used = {
        distributions.get(name, [name])[0].lower().replace("_", "-")
        for package in PACKAGES
        for name in imported(package)
    }
    assert used | NOT_IMPORTED == declared


@pytest.mark.parametrize("name", ["dev", "runtime", "build"])
def test_every_locked_package_has_its_hashes(name: str) -> None:
    text = (ROOT / "locks" / f"{name}.txt").read_text(encoding="utf-8").replace("\\\n", " ")
    entries = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    assert entries
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []


def test_what_the_image_installs_is_what_was_tested() -> None:
    def pins(name: str) -> set[str]:
        text = (ROOT / "locks" / f"{name}.txt").read_text(encoding="utf-8")
        return {re.split(r" [;\\]", line)[0] for line in text.splitlines() if re.match(r"[a-z0-9]", line)}

    assert pins("runtime") <= pins("dev")
    assert pins("build") <= pins("dev")
