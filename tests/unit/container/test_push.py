from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from zipfile import ZipFile

import pytest

from repackage.container import _session, push
from repackage.errors import InputError, PushError, UsageError
from tests.unit.container.conftest import QUICK
from tests.unit.container.images import INDEX, LAYER, MANIFEST, Parts, encoded, simple
from tests.unit.container.registry import digest_of, drops, refuses, running, says
from tests.unit.fetch.conftest import Recorder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from repackage.container import Pushed
    from tests.unit.container.conftest import Images

LARGE = bytes(range(256)) * 16384
"""Four mebibytes: more than fits into the buffers between two sockets at once."""


def how(pushed: Pushed) -> list[str]:
    return sorted(blob.how for blob in pushed.blobs)


@pytest.mark.parametrize("kind", ["directory", "archive"])
@pytest.mark.parametrize("locations", ["absolute", "relative"])
def test_an_image_is_in_the_registry_to_the_byte(
    images: Images, tmp_path: Path, kind: str, locations: str
) -> None:
    images.registry.relative = locations == "relative"
    parts = simple(b"base", LARGE, b"")
    write: Callable[[Path], Path] = getattr(parts, kind)

    (pushed,) = images.push(write(tmp_path / "image"))

    digest = parts.roots[0]["digest"]
    expected = {("team/app", key): each for key, each in parts.blobs.items() if key != digest}
    assert images.registry.blobs == expected
    assert images.registry.manifests["team/app", "1"] == (MANIFEST, parts.blobs[digest])
    assert (pushed.digest, pushed.media_type, pushed.manifests) == (digest, MANIFEST, 1)
    assert str(pushed.pinned) == f"{images.registry.host}/team/app:1@{digest}"
    assert how(pushed) == ["uploaded"] * 4
    assert pushed.moved("uploaded") == (4, sum(map(len, expected.values())))


def test_only_what_is_new_is_uploaded(images: Images, tmp_path: Path) -> None:
    before = simple(b"base", b"dependencies", b"app 1").directory(tmp_path / "before")
    after = simple(b"base", b"dependencies", b"app 2").directory(tmp_path / "after")
    images.push(before)
    images.registry.asked.clear()

    (pushed,) = images.push(after, "team/app:2")

    assert how(pushed) == ["present"] * 3 + ["uploaded"]
    assert images.registry.count("PUT", "/blobs/uploads/") == 1


def test_a_part_that_stands_twice_is_uploaded_once(images: Images, tmp_path: Path) -> None:
    images.push(simple(b"same", b"same").archive(tmp_path / "image.tar"))

    assert images.registry.count("PUT", "/blobs/uploads/") == 2


def test_children_come_before_the_index_that_lists_them(images: Images, tmp_path: Path) -> None:
    parts = Parts()
    one, other = parts.image(b"amd64"), parts.image(b"arm64", architecture="arm64")
    index = parts.index(one, other)

    (pushed,) = images.push(parts.root(index).archive(tmp_path / "image.tar"))

    assert (pushed.media_type, pushed.manifests) == (INDEX, 3)
    paths = [
        each.path.rpartition("/")[2] for each in images.registry.seen("PUT", "/manifests/")
    ]
    assert paths == [one["digest"], other["digest"], "1"]


def test_one_image_of_a_layout_is_chosen_by_its_name(images: Images, tmp_path: Path) -> None:
    parts = Parts()
    parts.root(parts.image(b"one"), "1.0").root(other := parts.image(b"other"), "2.0")
    layout = parts.directory(tmp_path / "layout")

    said = images.refuses(layout, error=InputError)
    (pushed,) = push(layout, [images.reference()], name="2.0", settings=QUICK)

    assert "--image says which: 1.0, 2.0" in said
    assert pushed.digest == other["digest"]
    with pytest.raises(InputError, match=r"did you mean '2\.0'"):
        push(layout, [images.reference()], name="2.00", settings=QUICK)


def test_two_names_of_one_image_are_no_choice(images: Images, tmp_path: Path) -> None:
    parts = Parts()
    image = parts.image(b"one")
    layout = parts.root(image, "1.0").root(image, "latest").directory(tmp_path / "layout")

    assert images.push(layout)[0].digest == image["digest"]


def test_an_image_may_go_by_its_digest_alone(images: Images, tmp_path: Path) -> None:
    parts = simple()
    digest = parts.roots[0]["digest"]

    images.push(parts.directory(tmp_path / "layout"), f"team/app@{digest}")

    assert list(images.registry.manifests) == [("team/app", digest)]


def test_names_that_cannot_be_its_own_are_refused_together(
    images: Images, tmp_path: Path
) -> None:
    layout = simple().directory(tmp_path / "layout")
    other = f"team/app@{digest_of(b'')}"

    said = images.refuses(layout, "team/app", other, error=UsageError)

    assert "names no tag" in said
    assert "is the name of another image" in said
    assert images.registry.asked == []


def test_what_another_repository_has_is_mounted(images: Images, tmp_path: Path) -> None:
    layout = simple().directory(tmp_path / "layout")

    first, second = images.push(layout, "team/app:1", "team/other:1")

    assert (how(first), how(second)) == (["uploaded"] * 4, ["mounted"] * 4)
    assert images.registry.count("PUT", "/blobs/uploads/") == 4


def test_the_layers_of_the_base_are_mounted_from_its_repository(
    images: Images, tmp_path: Path
) -> None:
    base = f"{images.registry.host}/library/base:12@{digest_of(b'')}"
    images.registry.put("library/base", b"base")
    parts = simple(b"base", b"app", org__opencontainers__image__base__name=base)

    (pushed,) = images.push(parts.directory(tmp_path / "layout"))

    assert how(pushed) == ["mounted", "uploaded", "uploaded"]


@pytest.mark.parametrize("base", ["scratch", "elsewhere.example/base:12"])
def test_a_base_from_elsewhere_is_of_no_use(images: Images, tmp_path: Path, base: str) -> None:
    parts = simple(b"base", org__opencontainers__image__base__name=base)

    (pushed,) = images.push(parts.directory(tmp_path / "layout"))

    assert how(pushed) == ["uploaded"] * 2
    assert images.registry.count("POST", "mount=") == 0


@pytest.mark.parametrize("answer", ["refused", "begun"])
def test_what_cannot_be_mounted_is_uploaded(
    images: Images, tmp_path: Path, answer: str
) -> None:
    images.registry.mounts = False
    if answer == "refused":
        images.registry.fails("POST", "mount=", refuses(403, "DENIED", "no"), times=99)
    layout = simple(b"app").directory(tmp_path / "layout")

    _, second = images.push(
        layout, "team/app:1", "team/other:1", settings=replace(QUICK, jobs=1)
    )

    assert how(second) == ["uploaded"] * 2
    # an upload that was begun instead of a mount is used
    assert images.registry.count("POST") == (5 if answer == "refused" else 4)


def test_a_layer_that_only_its_vendor_gives_away_is_left_out(
    images: Images, tmp_path: Path
) -> None:
    parts = Parts()
    config = parts.add(encoded({"architecture": "amd64", "os": "linux"}), "config")
    foreign = {
        "digest": digest_of(b"foreign"),
        "size": 7,
        "mediaType": "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
    }
    layers = [parts.add(b"own", LAYER), foreign]
    manifest = parts.add(encoded({"config": config, "layers": layers}), MANIFEST)
    images.registry.put("team/app", b"foreign")

    (pushed,) = images.push(parts.root(manifest).directory(tmp_path / "layout"))

    assert len(pushed.blobs) == 2


def test_progress_is_told_of_each_blob(images: Images, tmp_path: Path) -> None:
    progress = Recorder()
    images.registry.fails("PUT", "/blobs/uploads/", drops)

    images.push(simple(LARGE).directory(tmp_path / "layout"), progress=progress)

    name = digest_of(LARGE).removeprefix("sha256:")[:12]
    assert progress.started[name] == len(LARGE)
    assert progress.counted == progress.started
    assert sorted(progress.finished) == sorted(progress.started)


def test_a_dropped_upload_goes_on_in_parts(
    images: Images, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_session, "CHUNK", 1 << 20)
    layout = simple(LARGE).directory(tmp_path / "layout")
    images.registry.put("team/app", next(iter(simple(LARGE).blobs.values())))
    images.registry.fails("PUT", "/blobs/uploads/", drops)

    images.push(layout)

    registry = images.registry
    assert registry.blobs["team/app", digest_of(LARGE)] == LARGE
    ranges = [each.headers["Content-Range"] for each in registry.seen("PATCH")]
    assert ranges == ["0-1048575", "1048576-2097151", "2097152-3145727", "3145728-4194303"]


def test_a_part_that_was_lost_alone_is_sent_again(
    images: Images, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_session, "CHUNK", 1 << 20)
    registry = images.registry
    registry.fails("PUT", "/blobs/uploads/", says(413))
    registry.fails("PATCH", "", says(202, Range="0-1048575"))  # and the next finds it is not
    layout = simple(LARGE, b"small").directory(tmp_path / "layout")

    images.push(layout, settings=replace(QUICK, jobs=1))

    assert registry.blobs["team/app", digest_of(LARGE)] == LARGE
    assert registry.count("PATCH") == 6  # one that was lost, one in vain, four that arrived
    assert registry.count("GET", "/blobs/uploads/") == 1


def test_an_upload_that_the_registry_forgot_begins_again(
    images: Images, tmp_path: Path
) -> None:
    registry = images.registry
    registry.fails("PUT", "/blobs/uploads/", drops)
    registry.fails("PATCH", "", says(500))
    registry.fails("GET", "/blobs/uploads/", says(404))

    images.push(simple(b"app").directory(tmp_path / "layout"), settings=replace(QUICK, jobs=1))

    assert registry.blobs["team/app", digest_of(b"app")] == b"app"


def test_a_registry_that_takes_no_parts_gets_it_whole_again(
    images: Images, tmp_path: Path
) -> None:
    images.registry.fails("PUT", "/blobs/uploads/", says(500))
    images.registry.fails("PATCH", "", says(405), times=99)

    images.push(simple(b"app").directory(tmp_path / "layout"), settings=replace(QUICK, jobs=1))

    assert images.registry.blobs["team/app", digest_of(b"app")] == b"app"


def test_a_registry_may_want_larger_parts(
    images: Images, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_session, "CHUNK", 1 << 20)
    registry = images.registry

    def begin(handler: object) -> None:
        registry.sessions["0"] = bytearray()
        location = "/v2/team/app/blobs/uploads/0?_state=a%2Fb%3D"
        says(202, Location=location, OCI_Chunk_Min_Length=str(3 << 20))(handler)  # type: ignore[arg-type]  # the handler

    parts = simple(LARGE)
    for digest, data in parts.blobs.items():
        if digest != digest_of(LARGE):
            registry.put("team/app", data)
    registry.fails("PUT", "/blobs/uploads/", says(413))
    registry.fails("POST", "", begin, times=99)

    images.push(parts.directory(tmp_path / "layout"))

    ranges = [each.headers["Content-Range"] for each in registry.seen("PATCH")]
    assert ranges == ["0-3145727", "3145728-4194303"]


def test_an_upload_whose_answer_was_lost_is_not_sent_again(
    images: Images, tmp_path: Path
) -> None:
    registry = images.registry

    def keep_and_drop(handler: object) -> None:
        registry.put("team/app", b"app")
        drops(handler)  # type: ignore[arg-type]  # the handler

    config = next(iter(simple(b"app").blobs.values()))
    registry.put("team/app", config)
    registry.fails("PUT", "/blobs/uploads/", keep_and_drop)

    images.push(simple(b"app").directory(tmp_path / "layout"))

    assert registry.count("PUT", "/blobs/uploads/") == 1


def test_what_is_no_image_is_refused(images: Images, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "text").write_text("no archive")
    (tmp_path / "packed").write_bytes(b"\x1f\x8b" + bytes(100))

    for name in ("empty", "text", "packed", "missing"):
        said = images.refuses(tmp_path / name, error=InputError)
        assert name in said


def test_an_archive_of_something_else_is_told_from_a_damaged_one(
    images: Images, tmp_path: Path
) -> None:
    parts = simple(b"app")
    archive = parts.archive(tmp_path / "image.tar")
    (tmp_path / "cut.tar").write_bytes(archive.read_bytes()[:1500])
    with ZipFile(tmp_path / "app.whl", "w") as wheel:
        wheel.writestr("app.py", "x = 1\n" * 1000)

    assert "is no archive of an image" in images.refuses(tmp_path / "app.whl", error=InputError)
    assert "truncated" in images.refuses(tmp_path / "cut.tar", error=InputError)


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("blob", None, "the image lacks its part"),
        ("blob", b"other", "the blob has 5 bytes, and 3 are expected"),
        ("manifest", b"{}", "has other bytes than its digest says"),
        ("manifest", None, "the image lacks its part"),
        ("index.json", b"[]", "it is not a JSON object"),
        ("index.json", b"{", "it is not JSON"),
        ("index.json", b"[" * 100_000, "it is not JSON"),
        ("index.json", b'{"manifests": []}', "there is none in it"),
        ("index.json", b'{"manifests": 1}', "manifests is no array"),
        ("index.json", b'{"manifests": [{"digest": "../../x", "size": 1}]}', "is no digest"),
        ("index.json", b'{"manifests": [{"size": 1}]}', "lacks a digest or a size"),
        ("index.json", b'{"layers": [], "config": {}}', "lacks a digest or a size"),
        ("index.json", b"{}", "neither the manifest of an image nor an index"),
        ("index.json", b" " * (5 << 20), "is longer than a manifest can be"),
    ],
)
def test_a_damaged_image_is_refused(
    images: Images, tmp_path: Path, name: str, data: bytes | None, said: str
) -> None:
    parts = simple(b"app")
    digests = {"blob": digest_of(b"app"), "manifest": parts.roots[0]["digest"]}
    layout = parts.directory(tmp_path / "layout")
    path = layout / (f"blobs/{digests[name].replace(':', '/')}" if name in digests else name)
    path.unlink()
    if data is not None:
        path.write_bytes(data)

    assert said in images.refuses(layout, error=InputError)
    assert images.registry.manifests == {}


def test_indexes_are_not_followed_without_end(images: Images, tmp_path: Path) -> None:
    parts = Parts()
    descriptor = parts.image(b"app")
    for _ in range(6):
        descriptor = parts.index(descriptor)

    said = images.refuses(parts.root(descriptor).directory(tmp_path / "l"), error=InputError)

    assert "nested too deep" in said


def test_several_registries_take_one_image(images: Images, tmp_path: Path) -> None:
    layout = simple(b"app").directory(tmp_path / "layout")

    with running("localhost") as other:
        references = [images.reference(), replace(images.reference(), host=other.host)]
        push(layout, references, settings=QUICK)

    assert other.blobs == images.registry.blobs


def test_after_a_refusal_nothing_more_is_begun(images: Images, tmp_path: Path) -> None:
    images.registry.fails("HEAD", "", refuses(403, "DENIED", "no"), times=99)
    layers = [bytes([number]) for number in range(50)]

    with pytest.raises(PushError):
        images.push(simple(*layers).directory(tmp_path / "layout"))

    assert images.registry.count("HEAD") < 10
