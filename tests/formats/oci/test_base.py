"""What an image is put on: read, held against the target, and never damaged."""

from __future__ import annotations

import json
import tarfile
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from repackage.errors import ConfigError, FormatError, InputError
from repackage.target import free_target
from repackage.testing import EPOCH, tree_of
from repackage.tree import inline_file
from repackage_formats import oci
from tests.elves import AARCH64, make_elf
from tests.formats.oci.images import Layout, archive, layer, saved
from tests.formats.oci.plans import (
    BIG,
    LIBC,
    PYTHON,
    ROOT,
    Image,
    based,
    made,
    planned,
    prepared,
    staged,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from repackage.format import Plan
    from tests.formats.oci.images import Content

    Root = Sequence[tuple[str, Content]]

WHEEL = "numpy-2.0-cp311-cp311-manylinux_2_28_x86_64.whl"
NO_DIGEST = "registry.example/python:3.11"


def on_base(tmp_path: Path, base: str = "base", **keywords: Any) -> Plan[oci.Options]:
    return prepared(planned(oci.Options(base=base, **keywords)), tmp_path)


def refusal(tmp_path: Path, plan: Plan[oci.Options]) -> str:
    with pytest.raises(InputError) as caught:
        prepared(plan, tmp_path)
    return str(caught.value)


def without(*paths: str) -> Root:
    return [each for each in ROOT if each[0] not in paths]


def with_wheel(plan: Plan[oci.Options], filename: str) -> Plan[oci.Options]:
    (pin,) = plan.closure.pins
    artifact = replace(pin.artifact, filename=filename)  # type: ignore[arg-type]  # a locked file
    pins = (replace(pin, artifact=artifact),)
    return replace(plan, closure=replace(plan.closure, pins=pins))


# --- where a base comes from


def _layout(tmp_path: Path) -> str:
    based(tmp_path)
    return "base"


def _named(tmp_path: Path) -> str:
    based(tmp_path, name="stable")
    return "oci:base:stable"


def _archive(tmp_path: Path) -> str:
    archive(based(tmp_path), tmp_path / "base.tar")
    return "oci-archive:base.tar"


def _compressed_archive(tmp_path: Path) -> str:
    archive(based(tmp_path), tmp_path / "base.tar.gz", mode="w:gz")
    return str(tmp_path / "base.tar.gz")


def _saved(tmp_path: Path) -> str:
    saved(tmp_path / "base.tar", _python_layer())
    return "docker-archive:base.tar:shop:1"


def _python_layer() -> bytes:
    root = [*without("usr/bin/python3.11"), ("usr/bin/python3.11", make_elf(machine=AARCH64))]
    return layer(root, executable={"usr/bin/python3.11"})


@pytest.mark.parametrize("place", [_layout, _named, _archive, _compressed_archive])
def test_the_layers_of_a_base_are_taken_as_they_are(
    place: Callable[[Path], str], tmp_path: Path
) -> None:
    image = made(tmp_path, on_base(tmp_path, place(tmp_path)))
    index = json.loads((tmp_path / "base/index.json").read_bytes())
    digest = index["manifests"][0]["digest"]
    manifest = json.loads((tmp_path / "base/blobs" / digest.replace(":", "/")).read_bytes())

    (below, *_) = image.manifest["layers"]
    assert below["digest"] == manifest["layers"][0]["digest"]
    assert below["mediaType"] == "application/vnd.oci.image.layer.v1.tar+gzip"
    assert image.run["Labels"]["org.opencontainers.image.base.digest"] == digest


def test_what_docker_saved_is_compressed_as_ours_are(tmp_path: Path) -> None:
    base = _saved(tmp_path)
    plan = prepared(planned(oci.Options(base=base), arch="aarch64"), tmp_path)

    image = made(tmp_path, plan)

    (below, *_) = image.manifest["layers"]
    assert image.blob(below["digest"]).read_bytes().startswith(b"\x1f\x8b")
    assert "org.opencontainers.image.base.digest" not in image.run["Labels"]
    assert next(entry.path for entry in oci.read(image.directory)) == "app"


def test_of_a_base_for_several_machines_the_targets_is_taken(tmp_path: Path) -> None:
    layout = Layout(tmp_path / "base")
    for arch in ("arm64", "amd64"):
        machine = {"arm64": AARCH64}.get(arch, 62)
        root = [
            *without("usr/bin/python3.11"),
            ("usr/bin/python3.11", make_elf(machine=machine)),
        ]
        layout.image(layer(root, executable={"usr/bin/python3.11"}), arch=arch)
    layout.write()

    for arch, goarch in (("x86_64", "amd64"), ("aarch64", "arm64")):
        plan = prepared(planned(oci.Options(base="base"), arch=arch), tmp_path)
        image = made(tmp_path, plan, name=arch)
        assert image.config["architecture"] == goarch


def test_an_index_tells_what_all_its_images_tell(tmp_path: Path) -> None:
    """Each image names the base that it is on; the index has several."""
    test_of_a_base_for_several_machines_the_targets_is_taken(tmp_path)
    options = oci.Options(base="base", output="directory")
    plans = [prepared(planned(options, arch=arch), tmp_path) for arch in ("x86_64", "aarch64")]

    oci.emit_several([(plan, staged(plan)) for plan in plans], tmp_path / "several")

    image = Image(tmp_path / "several")
    index = image.document(image.index["manifests"][0]["digest"])
    assert "org.opencontainers.image.title" in index["annotations"]
    assert "org.opencontainers.image.base.digest" not in index["annotations"]


def test_the_image_with_the_base_is_what_is_read(tmp_path: Path) -> None:
    based(tmp_path)
    image = made(tmp_path, on_base(tmp_path))
    paths = {entry.path for entry in oci.read(image.directory)}

    assert {"usr/bin/python3.11", "app/bin/example", "app/lib/example/__init__.py"} <= paths


@pytest.mark.parametrize(
    ("base", "told"),
    [
        ("oci:nowhere", "there is no such file or directory"),
        ("./nowhere", "there is no such file or directory"),
        ("docker-archive:nowhere.tar:shop:1", "there is no such file or directory"),
        ("oci:base:other", r"no image in it is called 'other' \(known: stable"),
        ("empty", "it is no image"),
        ("python", "is no reference: it does not name the registry's host"),
        (NO_DIGEST, "a tag can be another one tomorrow"),
        ("registry.example/p@sha256:12", "is no digest"),
    ],
)
def test_a_base_that_cannot_be_had_is_refused(base: str, told: str, tmp_path: Path) -> None:
    based(tmp_path, name="stable")
    (tmp_path / "empty").mkdir()

    with pytest.raises(InputError, match=told) as caught:
        on_base(tmp_path, base)
    assert repr(base) in str(caught.value)


def test_a_base_must_be_chosen(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="base: an image needs a base"):
        on_base(tmp_path, "")


def test_scratch_is_no_base(tmp_path: Path) -> None:
    image = made(tmp_path, on_base(tmp_path, "scratch"))

    assert image.titles == ["dependencies", "application"]


def test_a_plan_that_was_not_prepared_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="was not prepared"):
        made(tmp_path, planned(oci.Options(base="base")))


def test_several_images_for_one_machine_must_be_told_apart(tmp_path: Path) -> None:
    layout = Layout(tmp_path / "base")
    layout.image(layer(ROOT), name="one")
    layout.image(layer(ROOT[1:]), name="two")
    layout.write()

    assert "it holds several images: one, two" in refusal(
        tmp_path, planned(oci.Options(base="base"))
    )


def test_a_layer_of_the_base_that_was_altered_is_refused(tmp_path: Path) -> None:
    plan = (based(tmp_path), on_base(tmp_path))[1]
    blobs = (tmp_path / "base/blobs/sha256").iterdir()
    largest = max(blobs, key=lambda path: path.stat().st_size)
    largest.write_bytes(largest.read_bytes() + b"\0")

    with pytest.raises(InputError, match="do not have the digest"):
        made(tmp_path, plan)


# --- what a base says


def test_what_a_base_says_is_kept_where_it_still_holds(tmp_path: Path) -> None:
    config = {
        "created": "2020-01-01T00:00:00Z",
        "config": {
            "Env": ["LANG=C.UTF-8", "PATH=/usr/bin", "broken"],
            "Cmd": ["python3"],
            "Entrypoint": ["/entry"],
            "User": "root",
            "WorkingDir": "/srv",
            "ExposedPorts": {"80/tcp": {}},
            "Volumes": {"/data": {}},
            "Labels": {
                "maintainer": "Debian",
                "org.opencontainers.image.title": "python",
                "org.opencontainers.image.vendor": "Debian",
            },
        },
        "history": [
            {"created_by": "ADD rootfs"},
            {"created_by": "ENV LANG", "empty_layer": True},
        ],
    }
    based(tmp_path, config=config)
    image = made(tmp_path, on_base(tmp_path, ports=("8080",)))

    assert {"LANG=C.UTF-8", "PATH=/app/bin:/usr/bin"} <= set(image.run["Env"])
    assert (image.run["WorkingDir"], image.run["User"]) == ("/srv", "65532:65532")
    assert image.run["Entrypoint"] == ["/app/bin/example"]
    assert "Cmd" not in image.run
    assert set(image.run["ExposedPorts"]) == {"80/tcp", "8080/tcp"}
    assert set(image.run["Volumes"]) == {"/data"}
    assert image.run["Labels"]["maintainer"] == "Debian"
    assert image.run["Labels"]["org.opencontainers.image.title"] == "example"
    assert "org.opencontainers.image.vendor" not in image.run["Labels"]
    assert "maintainer" not in image.manifest["annotations"]
    assert [each["created_by"] for each in image.config["history"]][:2] == [
        "ADD rootfs",
        "ENV LANG",
    ]


def test_a_history_that_does_not_tell_of_each_layer_is_replaced(tmp_path: Path) -> None:
    """Docker refuses an image whose history has not as many entries as there are layers."""
    based(tmp_path, config={"history": [{"empty_layer": True}]})
    image = made(tmp_path, on_base(tmp_path))

    assert image.titles == ["base", "dependencies", "application"]


# --- whether it fits


def test_a_base_for_another_machine_is_refused(tmp_path: Path) -> None:
    based(tmp_path, arch="arm64")

    told = refusal(tmp_path, planned(oci.Options(base="base")))

    assert "base 'base': it is for linux/arm64" in told


def test_a_base_whose_interpreter_is_for_another_machine_is_refused(tmp_path: Path) -> None:
    root = [*without("usr/bin/python3.11"), ("usr/bin/python3.11", make_elf(machine=AARCH64))]
    based(tmp_path, root=root)

    told = refusal(tmp_path, planned(oci.Options(base="base")))

    assert "/usr/bin/python3.11 is for AARCH64, not x86_64" in told


def test_a_base_without_the_interpreter_is_refused(tmp_path: Path) -> None:
    based(tmp_path, root=without("usr/bin/python3.11"))

    told = refusal(tmp_path, planned(oci.Options(base="base")))

    assert "there is no interpreter /usr/bin/python3.11" in told
    assert "choose a base with python3.11" in told


def test_an_interpreter_that_is_elsewhere_is_told(tmp_path: Path) -> None:
    layout = Layout(tmp_path / "base")
    place = "usr/local/bin/python3.11"
    layout.image(layer([(place, PYTHON), ("lib/libc.so.6", LIBC)], executable={place}))
    layout.write()

    told = refusal(tmp_path, planned(oci.Options(base="base")))
    plan = on_base(tmp_path, python=f"/{place}")

    assert "set the option python = '/usr/local/bin/python3.11'" in told
    assert plan.layout.interpreter == "/usr/local/bin/python3.11" or (
        oci.layout(plan.package, plan.target, plan.options).interpreter == f"/{place}"
    )


def test_an_interpreter_that_cannot_be_executed_is_none(tmp_path: Path) -> None:
    layout = Layout(tmp_path / "base")
    layout.image(layer(ROOT))
    layout.write()

    assert "there is no interpreter" in refusal(tmp_path, planned(oci.Options(base="base")))


def test_an_interpreter_of_another_version_is_refused(tmp_path: Path) -> None:
    """Told by its name where a link leads, or else by the library beside it."""
    based(tmp_path)
    options = oci.Options(base="base", python="/usr/bin/python3")
    other = free_target(python="3.12", platform="manylinux_2_36_x86_64")

    told = refusal(tmp_path, replace(planned(options), target=other))

    assert "/usr/bin/python3 is Python 3.11, and the target's is 3.12" in told
    assert "--python 3.11" in told


def test_a_version_that_no_name_tells_is_told_by_the_library(tmp_path: Path) -> None:
    layout = Layout(tmp_path / "base")
    root: Root = [
        ("opt/bin/python", PYTHON),
        ("opt/lib/python3.9", None),
        ("lib/libc.so.6", LIBC),
    ]
    layout.image(layer(root, executable={"opt/bin/python"}))
    layout.write()

    told = refusal(tmp_path, planned(oci.Options(base="base", python="/opt/bin/python")))

    assert "is Python 3.9, and the target's is 3.11" in told


@pytest.mark.parametrize(
    ("libc", "told"),
    [
        ({}, ""),
        ({"usr/lib/x86_64-linux-gnu/libc.so.6": LIBC.replace(b"2.36", b"2.27")}, "glibc 2.27"),
        ({"usr/lib/x86_64-linux-gnu/libc.so.6": b"nothing said"}, ""),
        (
            {"usr/lib/x86_64-linux-gnu/libc.so.6": None, "lib/ld-musl-x86_64.so.1": b""},
            "the base has musl",
        ),
    ],
)
def test_wheels_that_are_too_new_for_the_base_are_refused(
    libc: Mapping[str, bytes | None], told: str, tmp_path: Path
) -> None:
    root = [(name, libc.get(name, content)) for name, content in ROOT]  # a directory: no libc
    root += [(name, data) for name, data in libc.items() if name not in dict(ROOT)]
    based(tmp_path, root=root)
    plan = with_wheel(planned(oci.Options(base="base")), WHEEL)

    if told:
        found = refusal(tmp_path, plan)
        assert f"{WHEEL} needs glibc 2.28" in found
        assert told in found
    else:
        prepared(plan, tmp_path)


@pytest.mark.parametrize(
    "filename",
    [
        "uv-1.0-py3-none-manylinux_2_99_x86_64.manylinux2014_x86_64.musllinux_1_1_x86_64.whl",
        "pure-1.0-py3-none-any.whl",
        "old-1.0-cp311-cp311-manylinux1_x86_64.whl",
        "source-1.0.tar.gz",
    ],
)
def test_wheels_that_the_base_suffices_for_are_taken(filename: str, tmp_path: Path) -> None:
    based(tmp_path)

    prepared(with_wheel(planned(oci.Options(base="base")), filename), tmp_path)


def test_everything_that_does_not_fit_is_told_at_once(tmp_path: Path) -> None:
    based(tmp_path, root=without("usr/bin/python3.11", "usr/lib/x86_64-linux-gnu/libc.so.6"))

    told = refusal(tmp_path, with_wheel(planned(oci.Options(base="base")), WHEEL))

    assert "there is no interpreter" in told
    assert "needs glibc 2.28, and the base has none" in told


def test_machine_code_that_was_built_here_is_held_against_the_base(tmp_path: Path) -> None:
    based(tmp_path)
    plan = on_base(tmp_path)
    wheels = {pin.name: tmp_path / "dependency-2.0-cp311-cp311-linux_x86_64.whl"
              for pin in plan.closure.pins}  # fmt: skip
    elf = make_elf(needed=["libc.so.6"], versions={"libc.so.6": ["GLIBC_2.38", "GLIBC_2.2.5"]})
    tree = tree_of(
        inline_file("app/lib/dependency/_c.so", elf, mtime=EPOCH, origin="dependency")
    )

    with pytest.raises(FormatError, match=r"/app/lib/dependency/_c.so needs glibc 2.38"):
        made(tmp_path, replace(plan, wheels=wheels), tree)
    made(tmp_path, plan, tree, name="promised")


@pytest.mark.parametrize(
    ("user", "told"),
    [
        ("www-data", ""),
        ("www-data:adm", ""),
        ("7:8", ""),
        ("nobody", "the base has no user 'nobody'"),
        ("7:nogroup", "the base has no group 'nogroup'"),
    ],
)
def test_a_user_must_be_one_of_the_base(user: str, told: str, tmp_path: Path) -> None:
    users = [
        ("etc/passwd", b"root:x:0:0::/:\nwww-data:x:33:33::/:\n"),
        ("etc/group", b"adm:x:4:\n"),
    ]
    based(tmp_path, root=[*ROOT, *users])
    plan = planned(oci.Options(base="base", user=user))

    if told:
        assert told in refusal(tmp_path, plan)
    else:
        prepared(plan, tmp_path)


def test_more_layers_than_an_engine_takes_are_refused(tmp_path: Path) -> None:
    layout = Layout(tmp_path / "base")
    root = layer(ROOT, executable={"usr/bin/python3.11"})
    layout.image(root, *(layer([(f"srv/{number}", b"")]) for number in range(125)))
    layout.write()
    plan = on_base(tmp_path)

    with pytest.raises(FormatError, match="the image would have 128 layers"):
        made(tmp_path, plan)


# --- nothing of the base is lost


def test_no_directory_takes_the_place_of_one_of_the_base(tmp_path: Path) -> None:
    """Nor of its mode: the base's /opt stays as it is."""
    based(tmp_path, root=[*ROOT, ("opt", None)])
    image = made(tmp_path, on_base(tmp_path, prefix="/opt/shop"))
    below = {"opt", "usr", "etc", "tmp", "bin", "lib"}

    for title in ("dependencies", "application"):
        with tarfile.open(image.blob(image.layers[title])) as archive:
            assert not below & set(archive.getnames())


def test_a_prefix_behind_a_link_of_the_base_is_refused(tmp_path: Path) -> None:
    """A directory would replace the link, and what was behind it would be gone."""
    based(tmp_path, root=[*ROOT, ("app", (b"2", "srv/app"))])
    plan = on_base(tmp_path)

    with pytest.raises(FormatError, match=r"^/app: in the base it is a link to 'srv/app'") as e:
        made(tmp_path, plan)
    assert len(e.value.problems) == 1
    assert list(tmp_path.glob("made*")) == []


@pytest.mark.parametrize(
    ("there", "told"),
    [
        (("app", b"a file"), "/app: in the base it is a file"),
        (("app/bin/example", None), "/app/bin/example: in the base it is a directory"),
    ],
)
def test_what_would_take_the_place_of_another_kind_is_refused(
    there: tuple[str, Content], told: str, tmp_path: Path
) -> None:
    based(tmp_path, root=[*ROOT, there])

    with pytest.raises(FormatError, match=told):
        made(tmp_path, on_base(tmp_path))


def test_what_a_base_has_in_the_prefix_is_worth_a_warning(tmp_path: Path) -> None:
    based(tmp_path, root=[*ROOT, ("app/models/large", b"data")])
    heard: list[str] = []
    plan = replace(on_base(tmp_path), warn=heard.append)

    made(tmp_path, plan)

    (told,) = heard
    assert "the base has something in /app already" in told


def test_a_large_dependency_lies_directly_on_the_base(tmp_path: Path) -> None:
    based(tmp_path)
    plan = planned(oci.Options(base="base"), sizes={"numpy": BIG, "idna": 1})
    image = made(tmp_path, prepared(plan, tmp_path), staged(plan))

    assert image.titles == ["base", "numpy 2.0", "dependencies", "application"]
