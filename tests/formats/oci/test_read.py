"""Images are read as a runtime would unpack them, and trusted in nothing."""

from __future__ import annotations

import hashlib
import json
import tarfile
from typing import TYPE_CHECKING

import pytest

from repackage.errors import InputError
from repackage.tree import Directory, File, Packed, Symlink, read_file
from repackage_formats import oci, tar
from tests.formats.oci.images import Content, Layout, archive, layer, saved

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from repackage.format import Reader

READER: Reader = oci


def contents(path: Path, arch: str | None = None) -> dict[str, bytes | str | None]:
    """What an image holds: bytes of files, targets of links, None of directories."""
    entries = oci.read(path) if arch is None else oci.read_arch(path, arch)
    held: dict[str, bytes | str | None] = {}
    for entry in entries:
        match entry:
            case File():
                held[entry.path] = read_file(entry)
            case Symlink():
                held[entry.path] = entry.target
            case Directory():
                held[entry.path] = None
    return held


def merged(tmp_path: Path, *layers: Sequence[tuple[str, Content]]) -> dict[str, object]:
    layout = Layout(tmp_path / "layout")
    layout.image(*map(layer, layers))
    return dict(contents(layout.write()))


def test_later_layers_lie_over_earlier_ones(tmp_path: Path) -> None:
    found = merged(
        tmp_path,
        [("etc", None), ("etc/a", b"1"), ("etc/b", b"1")],
        [("etc/b", b"2"), ("opt/", None), ("./opt/c", b"3")],
    )

    assert found == {"etc": None, "etc/a": b"1", "etc/b": b"2", "opt": None, "opt/c": b"3"}
    assert list(found) == sorted(found)


def test_whiteouts_take_away_what_was_below(tmp_path: Path) -> None:
    found = merged(
        tmp_path,
        [("a", None), ("a/x", b"1"), ("a/y", b"1"), ("b", b"1"), ("c/d/e", b"1")],
        [("a/.wh.x", b""), (".wh.b", b""), ("b", b"2"), ("c/.wh.d", b""), ("c/.wh.none", b"")],
    )

    assert found == {"a": None, "a/y": b"1", "b": b"2"}


def test_an_opaque_directory_hides_what_was_below_and_not_what_is_beside(
    tmp_path: Path,
) -> None:
    found = merged(
        tmp_path,
        [("a", None), ("a/old", b"1"), ("a/sub/old", b"1")],
        [("a/new", b"2"), ("a/.wh..wh..opq", b""), ("a/.wh..wh.plnk", b"")],
    )

    assert found == {"a": None, "a/new": b"2"}


def test_a_file_takes_the_place_of_a_directory_and_the_other_way_round(tmp_path: Path) -> None:
    found = merged(
        tmp_path,
        [("a", None), ("a/x", b"1"), ("b", b"1")],
        [("a", b"2"), ("b", None), ("b/y", b"2")],
    )

    assert found == {"a": b"2", "b": None, "b/y": b"2"}


def test_what_lies_behind_a_link_is_where_the_link_leads(tmp_path: Path) -> None:
    symlink = tarfile.SYMTYPE
    found = merged(
        tmp_path,
        [("usr/lib", None), ("lib", (symlink, "usr/lib")), ("abs", (symlink, "/../usr/./lib"))],
        [("lib/one.so", b"1"), ("abs/two.so", b"2"), ("up", (symlink, "../../usr"))],
        [("up/three", b"3"), ("lib/.wh.one.so", b"")],
    )

    assert found == {
        "abs": "/../usr/./lib",
        "lib": "usr/lib",
        "up": "../../usr",
        "usr/lib": None,
        "usr/lib/two.so": b"2",
        "usr/three": b"3",
    }


def test_a_directory_in_the_place_of_a_link_replaces_it(tmp_path: Path) -> None:
    found = merged(
        tmp_path,
        [("usr/lib/libc.so", b"1"), ("lib", (tarfile.SYMTYPE, "usr/lib"))],
        [("lib", None), ("lib/new", b"2")],
    )

    assert found == {"lib": None, "lib/new": b"2", "usr/lib/libc.so": b"1"}


def test_a_hard_link_is_a_file_of_this_layer_or_of_one_below(tmp_path: Path) -> None:
    hard = tarfile.LNKTYPE
    found = merged(
        tmp_path,
        [("a", b"1"), ("b", (hard, "a")), ("s", (tarfile.SYMTYPE, "a"))],
        [("c", (hard, "/a")), ("d", (hard, "s"))],
    )

    assert found == {"a": b"1", "b": b"1", "c": b"1", "d": "a", "s": "a"}


def test_devices_are_left_out(tmp_path: Path) -> None:
    found = merged(tmp_path, [("dev/null", (tarfile.CHRTYPE, "")), ("a", b"1")])

    assert found == {"a": b"1"}


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ([("../up", b"")], "is not a path below the root"),
        ([("a/../../up", b"")], "is not a path below the root"),
        ([("x" * 5000, b"")], "is not a path below the root"),
        ([("a", (tarfile.LNKTYPE, "nothing"))], "which is no file"),
        ([("a", (tarfile.LNKTYPE, "../up"))], "is not a path below the root"),
        (
            [("a", (tarfile.SYMTYPE, "b")), ("b", (tarfile.SYMTYPE, "a")), ("a/x", b"")],
            "too many links",
        ),
    ],
)
def test_a_hostile_layer_is_refused(
    tmp_path: Path, members: list[tuple[str, Content]], said: str
) -> None:
    with pytest.raises(InputError, match=said):
        merged(tmp_path, members)


def test_an_absolute_path_is_one_below_the_root(tmp_path: Path) -> None:
    assert merged(tmp_path, [("/etc/a", b"1")]) == {"etc/a": b"1"}


@pytest.mark.parametrize("kind", ["layout", "archive", "compressed"])
def test_layouts_and_archives_of_them_are_read(tmp_path: Path, kind: str) -> None:
    layout = Layout(tmp_path / "layout")
    layout.image(
        layer([("a", b"1")]),
        name="shop",
        config={
            "created": "2024-01-01T00:00:00Z",
            "config": {"Env": ["A=1"], "Entrypoint": ["/bin/shop"], "Labels": {"k": "v"}},
        },
    )
    path = layout.write()
    if kind != "layout":
        mode = "w:xz" if kind == "compressed" else "w"
        path = archive(path, tmp_path / "image.tar", mode=mode)

    assert oci.recognises(path) == 2
    assert contents(path) == {"a": b"1"}
    assert oci.describe(path) == {
        "names": "shop",
        "platform": "linux/amd64",
        "platforms": "linux/amd64",
        "created": "2024-01-01T00:00:00Z",
        "layers": "1",
        "entrypoint": "/bin/shop",
        "environment": "A=1",
        "label k": "v",
    }


def test_what_docker_saved_is_read(tmp_path: Path) -> None:
    path = saved(tmp_path / "saved.tar", layer([("a", b"1")]), layer([("b", b"2")]))

    assert oci.recognises(path) == 2
    assert contents(path) == {"a": b"1", "b": b"2"}
    assert oci.describe(path)["names"] == "shop:1, shop:latest"


def test_a_layer_that_docker_saved_once_is_found_through_its_link(tmp_path: Path) -> None:
    same = layer([("a", b"1")])
    path = saved(tmp_path / "saved.tar", same, same, link=f"../{0:064x}/layer.tar")
    lost = saved(tmp_path / "lost.tar", same, same, link="../../outside/layer.tar")

    assert contents(path) == {"a": b"1"}
    with pytest.raises(InputError, match="the image lacks its part"):
        contents(lost)


def test_large_contents_are_found_when_they_are_asked_for(tmp_path: Path) -> None:
    layout = Layout(tmp_path / "layout")
    layout.image(layer([("first", b"1"), ("big", bytes(1 << 20)), ("last", b"2")]))

    big, first, last = oci.read(layout.write())

    assert isinstance(big, File)
    assert isinstance(first, File)
    assert isinstance(last, File)
    assert isinstance(big.content, Packed)
    assert read_file(last) == b"2"
    assert read_file(big) == bytes(1 << 20)
    assert big.digests.sha256 == hashlib.sha256(bytes(1 << 20)).hexdigest()


def test_a_layer_without_an_end_is_read(tmp_path: Path) -> None:
    whole = layer([("a", b"12")])
    layout = Layout(tmp_path / "layout")
    layout.image(whole[: 512 + 2])

    assert contents(layout.write()) == {"a": b"12"}


def test_of_several_platforms_one_is_chosen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("platform.machine", lambda: "aarch64")
    layout = Layout(tmp_path / "layout")
    images = [layout.image(layer([(arch, b"")]), arch=arch) for arch in ("amd64", "arm64")]
    attestation = layout.image(layer([("in-toto", b"")]), arch="unknown")
    attestation["annotations"] = {"vnd.docker.reference.type": "attestation-manifest"}
    index = layout.blob(json.dumps({"manifests": [*images, attestation]}).encode())
    layout.manifests = [index]
    path = layout.write()

    assert set(contents(path)) == {"arm64"}
    assert set(contents(path, "x86_64")) == {"amd64"}
    assert oci.describe(path)["platforms"] == "linux/amd64, linux/arm64"
    with pytest.raises(InputError, match="there is no image for s390x in it"):
        contents(path, "s390x")
    monkeypatch.setattr("platform.machine", lambda: "riscv64")
    assert set(contents(path)) == {"amd64"}


def test_several_images_for_one_machine_are_named(tmp_path: Path) -> None:
    layout = Layout(tmp_path / "layout")
    for name in ("one", "two"):
        layout.image(layer([(name, b"")]), name=name)

    with pytest.raises(InputError, match="it holds several images: one, two"):
        contents(layout.write())


def test_an_image_with_two_names_is_one_image(tmp_path: Path) -> None:
    layout = Layout(tmp_path / "layout")
    for name in ("one", "two"):
        layout.image(layer([("a", b"")]), name=name)

    assert oci.describe(layout.write())["names"] == "one, two"


def test_a_copy_of_one_platform_may_keep_the_index_of_all(tmp_path: Path) -> None:
    layout = Layout(tmp_path / "layout")
    layout.image(layer([("a", b"")]))
    gone = layout.image(layer([("b", b"")]), arch="arm64")
    (tmp_path / "layout/blobs" / gone["digest"].replace(":", "/")).unlink()

    assert contents(layout.write()) == {"a": b""}


def test_a_layer_with_another_digest_is_refused(tmp_path: Path) -> None:
    layout = Layout(tmp_path / "layout")
    layout.image(layer([("a", b"")]), diff_ids=[f"sha256:{'0' * 64}"])

    with pytest.raises(InputError, match="not the one that the image's configuration names"):
        contents(layout.write())


def test_a_manifest_with_another_digest_is_refused(tmp_path: Path) -> None:
    layout = Layout(tmp_path / "layout")
    manifest = layout.image(layer([("a", b"")]))
    path = layout.write() / "blobs" / manifest["digest"].replace(":", "/")
    path.write_bytes(path.read_bytes() + b" ")

    with pytest.raises(InputError, match="do not have the digest"):
        contents(layout.directory)


@pytest.mark.parametrize(
    ("index", "said"),
    [
        ("{", "it is not JSON"),
        ("[" * 100_000, "it is not JSON"),
        ("[]", "it is not a JSON object"),
        ('{"manifests": []}', "there is no image in it"),
        ('{"manifests": [{"digest": "sha256:../../../etc/passwd"}]}', "is not a digest"),
        ('{"manifests": [{"digest": 7}]}', "is not a digest"),
        ('{"manifests": [{"digest": "sha256:' + "0" * 64 + '"}]}', "lacks its part"),
        ('{"x": "' + "x" * (5 << 20) + '"}', "longer than a manifest"),
    ],
)
def test_a_hostile_index_is_refused(tmp_path: Path, index: str, said: str) -> None:
    path = Layout(tmp_path / "layout").write()
    (path / "index.json").write_text(index)

    with pytest.raises(InputError, match=said):
        contents(path)


def test_an_index_that_nests_without_end_is_refused(tmp_path: Path) -> None:
    layout = Layout(tmp_path / "layout")
    inner = layout.image(layer([("a", b"")]))
    for _ in range(8):
        inner = layout.blob(json.dumps({"manifests": [inner]}).encode())
    layout.manifests = [inner]

    with pytest.raises(InputError, match="nested too deep"):
        contents(layout.write())


def test_an_artifact_that_is_no_image_is_refused(tmp_path: Path) -> None:
    layout = Layout(tmp_path / "layout")
    layout.image(layer([("a", b"")]), config={"rootfs": {}})

    with pytest.raises(InputError, match="1 layers, and its configuration 0"):
        contents(layout.write())


def test_other_things_are_not_recognised(tmp_path: Path) -> None:
    plain = tmp_path / "plain.tar"
    plain.write_bytes(layer([("index.json", b"{}"), ("usr/bin/tool", b"")]))
    (tmp_path / "rubbish").write_bytes(b"rubbish")

    assert oci.recognises(plain) == 0
    assert tar.recognises(plain) == 1
    assert oci.recognises(tmp_path / "rubbish") == 0
    assert oci.recognises(tmp_path) == 0
    assert oci.recognises(tmp_path / "nothing") == 0
