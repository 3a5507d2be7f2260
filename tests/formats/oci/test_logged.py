"""What an earlier build has read of a layer is believed of that very blob alone."""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import replace
from threading import Event
from typing import TYPE_CHECKING

import pytest

from repackage.archive import distrust, trust
from repackage.errors import InputError
from repackage.format import Logbook
from repackage.testing import EPOCH
from repackage.tree import File, Tree, inline_file
from repackage_formats import oci
from repackage_formats.oci import _make
from repackage_formats.oci._read import whole_layer
from tests.formats.oci.plans import BIG, Image, made, planned, staged
from tests.formats.oci.test_emit import Kept

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from repackage.archive import HardLink, Intake
    from repackage.format import Plan, ReadsLogged
    from repackage.tree import Entry
    from repackage_formats.oci._blobs import Blobs

READER: ReadsLogged = oci
SIZES = {"numpy": BIG, "idna": 1}


@pytest.fixture
def pieces(tmp_path: Path) -> Kept:
    return Kept(tmp_path / "pieces")


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The layers that were decompressed."""
    names: list[str] = []

    def noted(
        blobs: Blobs, name: str, diff_id: str, intake: Intake
    ) -> Iterator[Entry | HardLink]:
        names.append(name.replace("blobs/sha256/", "sha256:"))
        return whole_layer(blobs, name, diff_id, intake)

    monkeypatch.setattr("repackage_formats.oci._logged.whole_layer", noted)
    return names


def build(
    tmp_path: Path, pieces: Kept, *, name: str, changed: Sequence[str] = ()
) -> tuple[Image, Plan[oci.Options]]:
    plan = replace(planned(sizes=SIZES), pieces=pieces, logbook=Logbook())
    return made(tmp_path, plan, staged(plan, changed=changed), name=name), plan


def logged(image: Image, plan: Plan[oci.Options]) -> dict[str, str]:
    """Read it back: the digests of its files."""
    assert plan.logbook is not None
    return digests(oci.read_logged(image.directory, plan.logbook))


def digests(entries: Iterable[Entry]) -> dict[str, str]:
    return {each.path: each.digests.sha256 for each in entries if isinstance(each, File)}


def believed(tmp_path: Path, pieces: Kept, *, name: str = "first") -> Image:
    """Build, read back, and let others believe it."""
    image, plan = build(tmp_path, pieces, name=name)
    logged(image, plan)
    assert plan.logbook is not None
    trust(plan.logbook, pieces)
    return image


def test_only_what_is_new_is_decompressed(
    tmp_path: Path, pieces: Kept, read: list[str]
) -> None:
    first = believed(tmp_path, pieces)
    assert sorted(read) == sorted(first.layers.values())
    read.clear()

    again, plan = build(tmp_path, pieces, name="again")
    assert logged(again, plan) == digests(oci.read(again.directory))
    assert not read

    changed, plan = build(tmp_path, pieces, name="changed", changed=["example"])
    logged(changed, plan)
    assert read == sorted(set(changed.layers.values()) - set(first.layers.values()))
    assert len(read) == 1


def several(
    tmp_path: Path, pieces: Kept, *, name: str, jobs: int = 1
) -> tuple[Path, list[Plan[oci.Options]]]:
    plans = [
        replace(
            planned(sizes=SIZES, arch=arch),
            pieces=pieces,
            logbook=Logbook(arch=arch),
            jobs=jobs,
        )
        for arch in ("x86_64", "aarch64")
    ]
    trees = (staged(plans[0]), staged(plans[1], changed=["example"]))
    builds = list(zip(plans, trees, strict=True))
    oci.emit_several(builds, tmp_path / name)
    return tmp_path / name, plans


def test_each_image_of_several_is_read_by_its_own_logbook(
    tmp_path: Path, pieces: Kept, read: list[str]
) -> None:
    for name in ("first", "again"):
        read.clear()
        image, plans = several(tmp_path, pieces, name=name)
        for plan in plans:
            assert plan.logbook is not None
            logged = digests(oci.read_logged(image, plan.logbook))
            assert logged == digests(oci.read_arch(image, plan.target.arch))
            trust(plan.logbook, pieces)

    assert not read


def test_layers_that_are_made_at_once_are_noted_in_their_order(
    tmp_path: Path,
) -> None:
    noted = []
    for jobs in (1, 3):
        kept = Kept(tmp_path / str(jobs))
        _, plans = several(tmp_path, kept, name=f"made-{jobs}", jobs=jobs)
        noted.append([s.key for p in plans if p.logbook for s in p.logbook.stretches])

    assert noted[0] == noted[1]
    assert len(noted[0]) == 6


def test_no_layer_is_finished_for_an_image_that_cannot_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = replace(planned(sizes=SIZES), jobs=3)
    files = [
        inline_file(f"{plan.layout.purelib}/example/{n}.py", b"", mtime=EPOCH, origin="example")
        for n in range(2_000)
    ]
    whole = Tree.of([*staged(plan), *files])
    written: list[Entry] = []
    begun = Event()

    def slowly(_stream: object, entries: Iterable[Entry], *_: object, **__: object) -> None:
        for entry in entries:
            if "numpy" in entry.path:
                begun.wait(10)
                raise InputError.of("the wheel is another one")
            if entry.path.endswith("example/0.py"):
                begun.set()
            written.append(entry)
            time.sleep(0.005 * begun.is_set())

    monkeypatch.setattr(_make, "write_in_order", slowly)
    with pytest.raises(InputError, match="another one"):
        made(tmp_path, plan, whole)

    assert begun.is_set()
    assert len(written) < 1_000


def test_nothing_is_believed_that_was_not_found_right(
    tmp_path: Path, pieces: Kept, read: list[str]
) -> None:
    image, plan = build(tmp_path, pieces, name="first")
    logged(image, plan)  # and then something else was wrong: nobody trusts it
    read.clear()

    again, plan = build(tmp_path, pieces, name="again")
    logged(again, plan)

    assert sorted(read) == sorted(image.layers.values())


def test_a_layer_of_an_image_that_is_wrong_is_made_again(
    tmp_path: Path, pieces: Kept, read: list[str]
) -> None:
    first = believed(tmp_path, pieces)
    _, plan = build(tmp_path, pieces, name="wrong")
    assert plan.logbook is not None
    distrust(plan.logbook, pieces)
    for digest in first.layers.values():  # even if the cache says that it is as it was
        (piece,) = (p for p in pieces.directory.iterdir() if sha256(p) == digest)
        piece.write_bytes(b"something else")
    read.clear()

    again, plan = build(tmp_path, pieces, name="again")

    assert again.index == first.index
    assert logged(again, plan)
    assert sorted(read) == sorted(first.layers.values())


def test_a_layer_that_nobody_has_read_yet_and_is_wrong_is_made_again(
    tmp_path: Path, pieces: Kept
) -> None:
    first, _ = build(tmp_path, pieces, name="first")  # and it was killed
    for digest in first.layers.values():
        (piece,) = (p for p in pieces.directory.iterdir() if sha256(p) == digest)
        piece.write_bytes(b"something else")
    wrong, plan = build(tmp_path, pieces, name="wrong")
    with pytest.raises(InputError, match="do not have the digest"):
        logged(wrong, plan)
    assert plan.logbook is not None
    distrust(plan.logbook, pieces)
    again, plan = build(tmp_path, pieces, name="again")

    assert logged(again, plan)
    assert again.index == first.index


def sha256(path: Path) -> str:
    return f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"


@pytest.mark.parametrize("part", ["layer", "config", "manifest"])
def test_every_blob_is_held_against_the_name_it_has(
    part: str, tmp_path: Path, pieces: Kept
) -> None:
    believed(tmp_path, pieces)
    image, plan = build(tmp_path, pieces, name="again")
    digests = {
        "layer": next(iter(image.layers.values())),
        "config": image.manifest["config"]["digest"],
        "manifest": image.index["manifests"][0]["digest"],
    }
    path = image.blob(digests[part])
    data = path.read_bytes()
    changed = data[:-1] + bytes([data[-1] ^ 1]) if part == "layer" else data + b" "
    path.unlink()
    path.write_bytes(changed)

    with pytest.raises(InputError, match="do not have the digest that names it"):
        logged(image, plan)


def test_a_kept_layer_under_another_diff_id_is_read(
    tmp_path: Path, pieces: Kept, read: list[str]
) -> None:
    believed(tmp_path, pieces)
    image, plan = build(tmp_path, pieces, name="again")
    config = image.config
    config["rootfs"]["diff_ids"][0] = f"sha256:{'0' * 64}"
    manifest = image.manifest
    manifest["config"] |= written(image, config)
    index = image.index
    index["manifests"][0] |= written(image, manifest)
    (image.directory / "index.json").write_text(json.dumps(index))
    read.clear()

    with pytest.raises(InputError, match="not the one that the image's configuration names"):
        logged(image, plan)
    assert len(read) == 1


def written(image: Image, document: object) -> dict[str, object]:
    """Write a document as a blob, and describe it."""
    data = json.dumps(document).encode()
    digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
    image.blob(digest).write_bytes(data)
    return {"digest": digest, "size": len(data)}
