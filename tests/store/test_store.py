"""A published store opens by map; a damaged one is refused by the name of the file."""

import os
import shutil
import time
from pathlib import Path

import msgspec
import numpy as np
import pyarrow as pa
import pytest

from tileserver.errors import NotFoundError, StoreError
from tileserver.store import manifest as manifests
from tileserver.store.integrity import current_digest
from tileserver.store.reader import open_store
from tileserver.store.writer import new_version, publish, set_current


@pytest.fixture
def copy(demo_store: Path, tmp_path: Path) -> Path:
    """Give a store of one's own, to be damaged."""
    shutil.copytree(demo_store, tmp_path / "store")
    return tmp_path / "store"


def version(root: Path) -> Path:
    return root / current_digest(root)


def refused(root: Path) -> str:
    with pytest.raises(StoreError) as caught:
        open_store(root)
    assert "tileserver build" in str(caught.value)  # says the way out
    return str(caught.value)


def test_a_published_store_opens(demo_store: Path) -> None:
    store = open_store(demo_store)
    assert store.digest == current_digest(demo_store)
    assert set(store.layers) >= {"communes", "epci", "ti", "departements", "regions", "friches", "qpv"}


def test_geometry_is_a_view_of_the_mapped_file(demo_store: Path) -> None:
    before = pa.total_allocated_bytes()
    level = open_store(demo_store, verify=False).layer("communes").level(12)
    assert pa.total_allocated_bytes() <= before  # what an earlier test left may be freed meanwhile
    for array in (level.xy, level.bbox, level.commands, level.vertex_offsets, level.index):
        assert not array.flags.owndata
        assert not array.flags.writeable


def test_points_of_a_zoom_are_views_of_slices_of_the_tables(demo_store: Path) -> None:
    layer = open_store(demo_store, verify=False).layer("friches_clusters")
    ends = 0
    for z in range(layer.entry.min_zoom, layer.entry.max_zoom + 1):
        level = layer.points_at(z)
        assert (level.zoom, level.rows.start, len(level.xy)) == (z, ends, level.rows.stop - ends)
        ends = level.rows.stop
        columns = [column[level.rows] for column in layer.tags]
        arrays: list[np.ndarray] = [level.xy, level.index, layer.ids[level.rows], *columns]
        for array in arrays:
            assert not array.flags.owndata
            assert array.flags.c_contiguous
    assert ends == layer.entry.count
    with pytest.raises(NotFoundError, match="'friches_clusters' has other points at each zoom"):
        _ = layer.points


def test_points_of_one_grid_are_those_of_every_zoom(demo_store: Path) -> None:
    store = open_store(demo_store, verify=False)
    for name, zoom in (("friches", 14), ("communes_labels", 18)):
        layer = store.layer(name)
        assert layer.points_at(9) is layer.points_at(11) is layer.points
        assert layer.points.zoom == zoom
    with pytest.raises(NotFoundError, match="'ti' is not a point layer"):
        store.layer("ti").points_at(9)


def test_rows_of_a_zoom_beyond_those_of_the_layer_are_refused(copy: Path) -> None:
    """By a manifest that was made so, and named by its digest."""
    directory = version(copy)
    manifest = msgspec.json.decode((directory / "manifest.json").read_bytes(), type=manifests.Manifest)
    layers = [
        msgspec.structs.replace(
            entry,
            geometries={
                zoom: msgspec.structs.replace(geometry, first=geometry.first + 1)
                for zoom, geometry in entry.geometries.items()
            },
        )
        if entry.role == "clusters"
        else entry
        for entry in manifest.layers
    ]
    data = manifests.encode(msgspec.structs.replace(manifest, layers=tuple(layers)))
    (directory / "manifest.json").write_bytes(data)
    directory.rename(copy / manifests.digest(data))
    set_current(copy, manifests.digest(data))
    assert "its rows end after those of the layer" in refused(copy)


def test_the_manifest_is_named_by_its_digest(demo_store: Path) -> None:
    data = (version(demo_store) / "manifest.json").read_bytes()
    assert manifests.digest(data) == current_digest(demo_store)
    assert manifests.encode(msgspec.json.decode(data, type=manifests.Manifest)) == data


def test_an_unknown_layer_is_told_with_those_that_there_are(demo_store: Path) -> None:
    with pytest.raises(NotFoundError, match="'cantons'; there are: regions"):
        open_store(demo_store, verify=False).layer("cantons")


def test_a_missing_store_is_refused(tmp_path: Path) -> None:
    assert "CURRENT" in refused(tmp_path / "nowhere")


def test_a_pointer_to_nonsense_is_refused(copy: Path) -> None:
    (copy / "CURRENT").write_text("../../etc\n")
    assert "is not a store digest" in refused(copy)


def test_a_pointer_to_a_missing_version_is_refused(copy: Path) -> None:
    set_current(copy, "0" * 32)
    assert "manifest.json" in refused(copy)


@pytest.mark.parametrize(
    "name", ["communes.08.arrow", "ti.tags.arrow", "friches.14.index.arrow", "friches_clusters.03.arrow"]
)
def test_a_truncated_file_is_refused_by_name(copy: Path, name: str) -> None:
    path = version(copy) / name
    path.write_bytes(path.read_bytes()[:-100])
    assert name in refused(copy)


def test_a_missing_file_is_refused_by_name(copy: Path) -> None:
    (version(copy) / "epci.values.arrow").unlink()
    assert "epci.values.arrow" in refused(copy)


def test_a_flipped_bit_is_refused_by_name(copy: Path) -> None:
    path = version(copy) / "communes.10.arrow"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    assert "communes.10.arrow: damaged" in refused(copy)


def test_an_altered_manifest_is_refused(copy: Path) -> None:
    path = version(copy) / "manifest.json"
    path.write_text(path.read_text().replace("communes", "kommunes", 1))
    assert "altered" in refused(copy)


def test_another_format_is_refused_with_both_numbers(copy: Path) -> None:
    path = version(copy) / "manifest.json"
    path.write_text(path.read_text().replace(f'"format": {manifests.FORMAT}', '"format": 99'))
    assert f"store format 99, this server reads {manifests.FORMAT}" in refused(copy)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"magic": "other"}'])
def test_a_manifest_that_is_none_is_refused(copy: Path, content: str) -> None:
    (version(copy) / "manifest.json").write_text(content)
    assert "manifest.json" in refused(copy)


def test_a_failed_build_leaves_no_trace(copy: Path) -> None:
    before = sorted(path.name for path in copy.iterdir())

    def fail() -> None:
        with new_version(copy) as writer:
            writer.write_table("x.arrow", pa.table({"a": [1]}))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert sorted(path.name for path in copy.iterdir()) == before
    open_store(copy)


def test_publishing_the_same_content_again_mends_a_damaged_copy(copy: Path) -> None:
    manifest = open_store(copy).manifest
    directory = version(copy)
    with new_version(copy) as writer:
        for path in directory.iterdir():
            shutil.copy(path, writer.directory)
        (directory / "ti.00.arrow").unlink()
        refused(copy)
        assert publish(writer, copy, manifest) == directory.name
    open_store(copy)


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="can't be written"), new_version(tmp_path / "file" / "store"):
        pass


def resident_kb(directory: Path) -> int:
    """Add up what the mapped files of a store occupy in this process (Linux tells it in smaps)."""
    total, ours = 0, False
    for line in Path("/proc/self/smaps").read_text().splitlines():
        if line[:1] in "0123456789abcdef" and "-" in line.split()[0]:
            ours = str(directory) in line
        elif ours and line.startswith("Rss:"):
            total += int(line.split()[1])
    return total


@pytest.mark.skipif(not Path("/proc/self/smaps").exists(), reason="only Linux tells what is resident")
def test_released_pages_no_longer_count_and_map_again(copy: Path) -> None:
    store = open_store(copy)
    level = store.layer("communes").level(12)
    before = level.xy.sum()
    assert resident_kb(copy) > 0
    store.release()
    assert resident_kb(copy) == 0
    assert level.xy.sum() == before


def test_what_a_killed_build_left_is_removed_once_it_is_old(tmp_path: Path) -> None:
    for name, age_s in (("old", 25 * 3600), ("fresh", 3600)):
        (tmp_path / f".building-{name}").mkdir()
        then = time.time() - age_s
        os.utime(tmp_path / f".building-{name}", (then, then))
    with new_version(tmp_path):
        assert not (tmp_path / ".building-old").exists()
    assert [path.name for path in tmp_path.iterdir()] == [".building-fresh"]
