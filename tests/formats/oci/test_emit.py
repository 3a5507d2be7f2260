"""What is made: documents that are valid, bytes that follow from what goes in."""

from __future__ import annotations

import gzip
import hashlib
import json
import random
import tarfile
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from repackage.errors import FormatError, UsageError, WheelError
from repackage.target import distribution_target, free_target
from repackage.testing import EPOCH, tree_of, zipped_file
from repackage.tree import File, Zipped, inline_file
from repackage_formats import oci
from tests.formats.oci import schemas
from tests.formats.oci.plans import BIG, Image, made, planned, staged

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from repackage.format import Plan

SIZES = {"numpy": BIG, "idna": 1}


class Kept:
    """Pieces in a directory."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.found: list[str] = []
        directory.mkdir()

    def find(self, key: str) -> Path | None:
        path = self.directory / key
        if path.exists():
            self.found.append(key)
            return path
        return None

    def keep(self, key: str, made: Path | bytes) -> Path:
        path = self.directory / key
        if isinstance(made, bytes):
            path.write_bytes(made)
            return path
        return made.rename(path)


def validate(document: Any, schema: Any) -> None:
    jsonschema.Draft202012Validator(schema).validate(document)


def archived(tmp_path: Path, plan: Plan[oci.Options], *, name: str = "made.tar") -> Image:
    """Make an archive, and unpack it."""
    oci.emit(plan, staged(plan), tmp_path / name)
    with tarfile.open(tmp_path / name) as archive:
        archive.extractall(tmp_path / f"{name}.d", filter="data")
    return Image(tmp_path / f"{name}.d")


@pytest.mark.parametrize("compression", ["gz", "zst", "none"])
def test_documents_are_as_the_specification_has_them(compression: Any, tmp_path: Path) -> None:
    image = made(tmp_path, planned(oci.Options(compression=compression), sizes=SIZES))

    validate(json.loads((image.directory / "oci-layout").read_bytes()), schemas.LAYOUT)
    validate(image.index, schemas.INDEX)
    validate(image.manifest, schemas.MANIFEST)
    validate(image.config, schemas.CONFIG)
    assert len(image.config["history"]) == len(image.manifest["layers"])
    for path in (image.directory / "blobs/sha256").iterdir():
        assert hashlib.sha256(path.read_bytes()).hexdigest() == path.name


def test_the_layers_are_those_that_the_configuration_names(tmp_path: Path) -> None:
    image = made(tmp_path, planned(sizes=SIZES))

    for descriptor, diff_id in zip(
        image.manifest["layers"], image.config["rootfs"]["diff_ids"], strict=True
    ):
        data = image.blob(descriptor["digest"]).read_bytes()
        assert len(data) == descriptor["size"]
        assert f"sha256:{hashlib.sha256(gzip.decompress(data)).hexdigest()}" == diff_id


def test_how_layers_are_compressed_is_no_part_of_the_images_identity(tmp_path: Path) -> None:
    ways = [
        {"compression": "gz"},
        {"level": 1},
        {"compression": "zst"},
        {"compression": "none"},
    ]
    images = [
        made(tmp_path, planned(oci.Options(**way), sizes=SIZES), name=str(at))  # type: ignore[arg-type]  # as given
        for at, way in enumerate(ways)
    ]

    assert len({image.manifest["config"]["digest"] for image in images}) == 1
    assert len({image.index["manifests"][0]["digest"] for image in images}) == len(ways)


def test_an_archive_is_a_layout_and_what_docker_loads(tmp_path: Path) -> None:
    plan = planned(oci.Options(name="registry.example/team/app", tags=("1", "latest")))
    directory, image = made(tmp_path, plan), archived(tmp_path, plan)
    (saved,) = json.loads((image.directory / "manifest.json").read_bytes())
    with tarfile.open(tmp_path / "made.tar") as archive:
        names = archive.getnames()

    assert image.index == directory.index
    assert saved["Config"] == f"blobs/sha256/{image.manifest['config']['digest'][7:]}"
    assert saved["RepoTags"] == [
        "registry.example/team/app:1",
        "registry.example/team/app:latest",
    ]
    assert len(saved["Layers"]) == len(image.manifest["layers"])
    assert names[:5] == ["oci-layout", "index.json", "manifest.json", "blobs", "blobs/sha256"]
    assert not (directory.directory / "manifest.json").exists()


def test_what_old_engines_cannot_decompress_is_not_offered_to_them(tmp_path: Path) -> None:
    image = archived(tmp_path, planned(oci.Options(compression="zst")))

    assert not (image.directory / "manifest.json").exists()


def test_an_image_is_listed_under_each_of_its_tags(tmp_path: Path) -> None:
    image = made(tmp_path, planned(oci.Options(tags=("1.0", "1"))))
    whole = made(
        tmp_path,
        planned(oci.Options(name="registry.example:5000/app"), version="1.0+local.1"),
        name="whole",
    )

    named = [each["annotations"] for each in image.index["manifests"]]
    assert [each["org.opencontainers.image.ref.name"] for each in named] == ["1.0", "1"]
    assert [each["io.containerd.image.name"] for each in named] == [
        "localhost/example:1.0",
        "localhost/example:1",
    ]
    (only,) = whole.index["manifests"]
    assert only["annotations"]["io.containerd.image.name"] == (
        "registry.example:5000/app:1.0-local.1"
    )


def _several(tmp_path: Path, archs: Sequence[str], **options: Any) -> Path:
    chosen = oci.Options(**options)
    plans = [planned(chosen, sizes=SIZES, arch=arch) for arch in archs]
    oci.emit_several([(plan, staged(plan)) for plan in plans], tmp_path / "several")
    return tmp_path / "several"


def test_several_platforms_are_one_image(tmp_path: Path) -> None:
    image = Image(_several(tmp_path, ["x86_64", "aarch64", "armv7l"], output="directory"))
    (listed,) = image.index["manifests"]
    index = image.document(listed["digest"])
    configs = [
        image.document(image.document(each["digest"])["config"]["digest"])
        for each in index["manifests"]
    ]

    validate(index, schemas.INDEX)
    assert listed["mediaType"] == index["mediaType"]
    assert [each["platform"] for each in index["manifests"]] == [
        {"architecture": "amd64", "os": "linux"},
        {"architecture": "arm64", "os": "linux"},
        {"architecture": "arm", "os": "linux", "variant": "v7"},
    ]
    assert [config["architecture"] for config in configs] == ["amd64", "arm64", "arm"]
    assert len({config["rootfs"]["diff_ids"][0] for config in configs}) == 1  # pure: shared


def test_each_platform_is_read_back_by_itself(tmp_path: Path) -> None:
    artifact = _several(tmp_path, ["x86_64", "aarch64"])
    paths = [entry.path for entry in oci.read_arch(artifact, "aarch64")]

    assert "app/lib/numpy/__init__.py" in paths
    assert paths == [entry.path for entry in oci.read_arch(artifact, "x86_64")]
    assert set(oci.announce(artifact)) == {
        "digest",
        "image ID (linux/amd64)",
        "image ID (linux/arm64)",
    }


def test_an_image_says_what_it_is_known_by(tmp_path: Path) -> None:
    image = made(tmp_path, planned())

    assert oci.announce(image.directory) == {
        "digest": image.index["manifests"][0]["digest"],
        "image ID (linux/amd64)": image.manifest["config"]["digest"],
    }


def test_files_are_named_by_version_and_machines() -> None:
    plan = planned(version="1!2.0+local")
    arm = planned(arch="armv7l")

    assert oci.filename(plan) == "example-1-2.0+local-amd64.oci.tar"
    assert oci.filename(replace(plan, others=(arm,))) == (
        "example-1-2.0+local-amd64-armv7.oci.tar"
    )
    assert oci.filename(planned(oci.Options(output="directory"))) == "example-1.0-amd64.oci"


def test_two_targets_for_one_platform_are_refused() -> None:
    asked = tuple(distribution_target(name, arch="x86_64") for name in ("debian-12", "el9"))

    with pytest.raises(UsageError, match=r"debian-12.* and el9.* are both linux/amd64"):
        oci.targets(asked, oci.Options())


def test_all_targets_are_in_one_image() -> None:
    asked = tuple(distribution_target("debian-12", arch=arch) for arch in ("x86_64", "aarch64"))
    served = oci.targets(asked, oci.Options())

    assert served.targets == asked
    assert served.needs == "tree"


@pytest.mark.parametrize("platform", ["macosx_13_0_arm64", "win_amd64"])
def test_what_is_no_linux_is_refused(platform: str) -> None:
    plan = planned()
    target = free_target(python="3.11", platform=platform)

    with pytest.raises(FormatError, match="is no Linux"):
        oci.filename(replace(plan, target=target))


def test_layers_that_were_made_before_are_not_made_again(tmp_path: Path) -> None:
    pieces = Kept(tmp_path / "pieces")
    first = replace(planned(sizes=SIZES), pieces=pieces)
    made(tmp_path, first, name="one")
    assert not pieces.found

    again = made(tmp_path, first, name="again")
    all_found = len(pieces.found)
    pieces.found.clear()
    second = replace(planned(sizes=SIZES, version="2"), pieces=pieces)
    made(tmp_path, second, staged(second, changed=["example"]), name="two")

    assert all_found == 2 * len(again.layers)
    assert len(pieces.found) == 2 * (len(again.layers) - 1)
    assert again.index == Image(tmp_path / "one").index


def test_codec_and_level_are_part_of_what_a_piece_is(tmp_path: Path) -> None:
    pieces = Kept(tmp_path / "pieces")
    for at, options in enumerate(
        [oci.Options(), oci.Options(level=1), oci.Options(compression="zst")]
    ):
        made(tmp_path, replace(planned(options), pieces=pieces), name=str(at))

    assert not pieces.found


def test_what_is_not_compressed_is_not_kept(tmp_path: Path) -> None:
    pieces = Kept(tmp_path / "pieces")

    made(tmp_path, replace(planned(oci.Options(compression="none")), pieces=pieces))

    assert not list(pieces.directory.iterdir())


def test_whoever_has_no_pieces_makes_the_same_bytes(tmp_path: Path) -> None:
    plan = planned(sizes=SIZES)
    with_pieces = replace(plan, pieces=Kept(tmp_path / "pieces"))

    assert made(tmp_path, plan, name="a").index == made(tmp_path, with_pieces, name="b").index


def test_a_gzip_layer_has_nothing_of_this_machine_in_its_header(tmp_path: Path) -> None:
    image = made(tmp_path, planned())

    for digest in image.layers.values():
        header = image.blob(digest).read_bytes()[:10]
        assert header == b"\x1f\x8b\x08\0\0\0\0\0\0\xff"


def test_what_a_wheel_has_compressed_is_copied(tmp_path: Path) -> None:
    """And with a level that is asked for, it is compressed anew; the image is the same."""
    noise = bytes(range(256)) * 400 + random.Random(1).randbytes(60_000)
    plan = planned()
    tree = tree_of(
        inline_file("app/lib/a.py", b"a = 1\n", mtime=EPOCH),
        zipped_file("app/lib/b.bin", noise, mtime=EPOCH),
        zipped_file("app/lib/c.bin", noise[::-1], mtime=EPOCH, deflated=False),
        zipped_file("app/lib/d.bin", noise[1:], mtime=EPOCH),
    )
    (entry,) = (file for file in tree.files if file.path.endswith("b.bin"))
    copied = made(tmp_path, plan, tree, name="copied")
    anew = made(tmp_path, planned(oci.Options(level=6)), tree, name="anew")
    data = copied.blob(copied.layers["application"]).read_bytes()

    assert isinstance(entry.content, Zipped)
    assert bytes(entry.content.compressed) in data
    assert copied.manifest["config"] == anew.manifest["config"]
    assert copied.layers != anew.layers
    expected = {f.path: (f.size, f.digests.sha256) for f in tree.files}
    for image in (copied, anew):
        back = {
            f.path: (f.size, f.digests.sha256)
            for f in oci.read(image.directory)
            if isinstance(f, File)
        }
        assert back == expected


def test_a_wheel_that_was_changed_meanwhile_is_noticed(tmp_path: Path) -> None:
    file = zipped_file("app/lib/b.bin", random.Random(1).randbytes(60_000), mtime=EPOCH)
    altered = replace(file, digests=replace(file.digests, crc32=1))

    with pytest.raises(WheelError, match="changed"):
        made(tmp_path, planned(), tree_of(altered))
