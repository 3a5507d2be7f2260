from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING

import pytest

from repackage.container import Platform
from repackage.errors import FetchError, StoreError, UsageError
from tests.unit.container.images import Parts, encoded, simple
from tests.unit.container.registry import digest_of, drops, running, says

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.container.conftest import Images
    from tests.unit.container.registry import Handler

LARGE = bytes(range(256)) * 4096
ARM64 = Platform(os="linux", architecture="arm64", variant="v8")


def files(directory: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(directory)): path.read_bytes()
        for path in directory.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def held(images: Images, tmp_path: Path) -> Parts:
    """An image that the registry has under ``team/app:1``."""
    parts = simple(b"base", LARGE)
    images.push(parts.directory(tmp_path / "held"))
    images.registry.asked.clear()
    return parts


@pytest.fixture
def several(images: Images, tmp_path: Path) -> Parts:
    """An image for two platforms, and an attestation, as buildx pushes them."""
    parts = Parts()
    unknown = {"architecture": "unknown", "os": "unknown"}
    index = parts.index(
        parts.image(b"amd64"),
        parts.image(b"arm64", architecture="arm64"),
        {**parts.image(b"attestation"), "platform": unknown},
    )
    images.push(parts.root(index).directory(tmp_path / "several"))
    images.registry.asked.clear()
    return parts


def test_an_image_arrives_as_a_layout(images: Images, held: Parts) -> None:
    pulled = images.pull()

    digest = held.roots[0]["digest"]
    found = files(pulled.directory)
    index = json.loads(found.pop("index.json"))
    expected = held.files
    del expected["index.json"]
    assert {key: each for key, each in found.items() if key != "oci-layout"} == {
        key: each for key, each in expected.items() if key != "oci-layout"
    }
    assert json.loads(found["oci-layout"]) == {"imageLayoutVersion": "1.0.0"}
    assert [each["digest"] for each in index["manifests"]] == [digest]
    assert (pulled.digest, str(pulled.platform)) == (digest, "linux/amd64")
    assert str(pulled.reference) == f"{images.registry.host}/team/app:1@{digest}"


def test_the_image_for_the_platform_is_chosen(images: Images, several: Parts) -> None:
    pulled = images.pull(platform=ARM64)

    assert str(pulled.platform) == "linux/arm64"
    assert pulled.reference.digest == several.roots[0]["digest"] != pulled.digest
    assert digest_of(b"arm64") in images.registry.asked[-1].path or images.registry.asked
    assert (pulled.directory / "blobs" / digest_of(b"arm64").replace(":", "/")).exists()
    assert images.registry.count("GET", digest_of(b"amd64")) == 0


def test_an_image_for_other_platforms_is_refused(
    images: Images, several: Parts, held: Parts
) -> None:
    riscv = Platform(os="linux", architecture="riscv64")

    with pytest.raises(FetchError, match="it is for linux/amd64, linux/arm64 "):
        images.pull(f"team/app@{several.roots[0]['digest']}", platform=riscv)
    with pytest.raises(FetchError, match="it is for linux/amd64"):
        images.pull(f"team/app@{held.roots[0]['digest']}", platform=ARM64)


def test_what_a_digest_names_is_asked_for_once(images: Images, held: Parts) -> None:
    name = f"team/app@{held.roots[0]['digest']}"
    first = images.pull(name)
    images.registry.asked.clear()

    again, offline = images.pull(name), images.pull(name, offline=True)

    assert images.registry.asked == []
    assert first == again == offline


@pytest.mark.usefixtures("held")
def test_a_tag_is_asked_for_each_time_and_remembered_for_offline(
    images: Images, tmp_path: Path
) -> None:
    first = images.pull()
    images.push(simple(b"newer").directory(tmp_path / "newer"))

    offline, online = images.pull(offline=True), images.pull()

    assert offline == first
    assert online.digest != first.digest
    assert images.pull(offline=True) == online


def test_offline_nothing_is_asked_for(images: Images, held: Parts) -> None:
    digest = held.roots[0]["digest"]
    with pytest.raises(FetchError, match="the tag is not in the cache"):
        images.pull(offline=True)
    with pytest.raises(FetchError, match="its manifest is not in the cache"):
        images.pull(f"team/app@{digest}", offline=True)
    images.pull()
    blob = images.pull().directory / "blobs" / digest_of(LARGE).replace(":", "/")
    blob.unlink()
    images.registry.asked.clear()

    with pytest.raises(FetchError, match="a blob of it is not in the cache"):
        images.pull(offline=True)
    assert images.registry.asked == []


@pytest.mark.parametrize("damage", [b"", b"x" * len(LARGE)])
@pytest.mark.usefixtures("held")
def test_what_was_damaged_is_fetched_again(images: Images, damage: bytes) -> None:
    layout = images.pull().directory
    blob = layout / "blobs" / digest_of(LARGE).replace(":", "/")
    blob.chmod(0o644)
    blob.write_bytes(damage)
    for document in (images.cache / "documents").iterdir():
        document.write_bytes(damage)
    images.registry.asked.clear()

    assert images.pull().directory == layout
    assert blob.read_bytes() == LARGE
    assert images.registry.count("GET", "/blobs/") == 1


@pytest.mark.usefixtures("held")
def test_layers_of_other_images_are_shared(images: Images, tmp_path: Path) -> None:
    images.pull()
    images.push(simple(LARGE, b"app").directory(tmp_path / "other"), "team/other:1")
    images.registry.asked.clear()

    pulled = images.pull("team/other:1")

    assert images.registry.count("GET", digest_of(LARGE)) == 0
    blob = pulled.directory / "blobs" / digest_of(LARGE).replace(":", "/")
    assert blob.stat().st_nlink == 2


def _breaks_off(count: int) -> object:
    def act(handler: Handler) -> None:
        handler.close_connection = True
        handler.say(200, LARGE[:count], Content_Length=str(len(LARGE)), Connection="close")

    return act


@pytest.mark.usefixtures("held")
def test_what_broke_off_goes_on_where_it_stopped(images: Images) -> None:
    images.registry.fails("GET", digest_of(LARGE), _breaks_off(1000))  # type: ignore[arg-type]  # an act

    images.pull()

    ranges = [
        each.headers.get("Range") for each in images.registry.seen("GET", digest_of(LARGE))
    ]
    assert ranges == [None, "bytes=1000-"]


@pytest.mark.usefixtures("held")
def test_an_interrupted_run_leaves_nothing_half_and_the_next_goes_on(images: Images) -> None:
    images.registry.fails("GET", digest_of(LARGE), _breaks_off(1000), times=1)  # type: ignore[arg-type]  # an act
    images.registry.fails("GET", digest_of(LARGE), drops, times=2)

    assert "the connection broke off" in images.lacks()
    assert not list(images.cache.glob("images/*/index.json"))
    partial = images.cache / "partial" / digest_of(LARGE).replace(":", "-")
    assert partial.stat().st_size == 1000
    images.pull()
    assert images.registry.seen("GET", digest_of(LARGE))[-1].headers["Range"] == "bytes=1000-"
    assert list((images.cache / "partial").iterdir()) == []


@pytest.mark.usefixtures("held")
def test_an_earlier_run_that_left_other_bytes_does_no_harm(images: Images) -> None:
    for left in (b"other", b"other" * len(LARGE)):
        partial = images.cache / "partial" / digest_of(LARGE).replace(":", "-")
        partial.parent.mkdir(parents=True, exist_ok=True)
        partial.write_bytes(left)

        layout = images.pull().directory

        (blob,) = layout.glob(f"blobs/*/{digest_of(LARGE).partition(':')[2]}")
        assert blob.read_bytes() == LARGE
        blob.unlink()


@pytest.mark.usefixtures("held")
def test_a_server_without_ranges_begins_again(images: Images) -> None:
    whole = says(200, LARGE)
    images.registry.fails("GET", digest_of(LARGE), _breaks_off(1000))  # type: ignore[arg-type]  # an act
    images.registry.fails("GET", digest_of(LARGE), whole)

    images.pull()

    assert images.registry.count("GET", digest_of(LARGE)) == 2


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"x" * len(LARGE), "has other bytes than its digest says"),
        (LARGE + b"x", "is larger than the 1048576 bytes that the image says"),
        (LARGE[:-1], "the connection broke off"),
    ],
)
@pytest.mark.usefixtures("held")
def test_a_blob_with_other_bytes_is_refused(images: Images, data: bytes, said: str) -> None:
    images.registry.blobs["team/app", digest_of(LARGE)] = data

    assert said in images.lacks()
    assert not list(images.cache.glob("images/*/index.json"))


@pytest.mark.parametrize("by", ["tag", "digest"])
def test_a_manifest_with_other_bytes_is_refused(images: Images, held: Parts, by: str) -> None:
    digest = held.roots[0]["digest"]
    images.registry.fails("GET", "", says(200, b"{}", Docker_Content_Digest=digest))

    name = "team/app:1" if by == "tag" else f"team/app@{digest}"
    assert "has other bytes than its digest says" in images.lacks(name)


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (b"[]", "it is not a JSON object"),
        (
            b'{"schemaVersion": 1, "fsLayers": []}',
            "neither the manifest of an image nor an index",
        ),
        (b'{"manifests": []}', "there is no image for linux/amd64"),
        (b" " * (5 << 20), "is longer than a manifest can be"),
    ],
)
def test_a_document_that_is_none_is_refused(images: Images, document: bytes, said: str) -> None:
    images.registry.manifests["team/app", "1"] = ("text/plain", document)

    assert said in images.lacks()


def test_indexes_are_not_followed_without_end(images: Images, tmp_path: Path) -> None:
    parts = Parts()
    descriptor = parts.image(b"app")
    for _ in range(4):
        descriptor = parts.index(descriptor)
    images.push(parts.root(descriptor).directory(tmp_path / "deep"))

    assert "nested too deep" in images.lacks()


def test_a_reference_has_to_say_which_image(images: Images) -> None:
    assert "names neither a tag nor a digest" in images.lacks("team/app", error=UsageError)


@pytest.mark.usefixtures("held")
def test_a_login_does_not_go_where_a_blob_is_fetched_from(
    images: Images, no_environment: Path
) -> None:
    images.registry.basic = ("me", "hunter2")
    auths = {"auths": {images.registry.host: {"username": "me", "password": "hunter2"}}}
    no_environment.write_bytes(encoded(auths))
    with running("localhost") as storage:
        storage.fails("GET", "", says(200, LARGE))
        location = f"http://{storage.host}/elsewhere?signature=1"
        images.registry.fails("GET", digest_of(LARGE), says(307, Location=location))

        images.pull()

        (asked,) = storage.asked
    assert "Authorization" not in asked.headers
    assert "Authorization" in images.registry.asked[-1].headers


@pytest.mark.usefixtures("held")
def test_a_cache_that_cannot_be_written_is_named(images: Images) -> None:
    images.cache.write_text("in the way")

    with pytest.raises(StoreError):
        images.pull()


@pytest.mark.usefixtures("held")
def test_threads_may_pull_the_same_image_at_once(images: Images) -> None:
    found: list[object] = []
    threads = [
        threading.Thread(target=lambda: found.append(images.pull().directory)) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 4
    assert len(set(map(str, found))) == 1
    assert images.registry.count("GET", digest_of(LARGE)) == 1


@pytest.mark.parametrize(
    "text", ["", "linux", "linux/", "Linux/amd64", "linux/amd64/v1/x", "a b"]
)
def test_what_is_no_platform_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is no platform"):
        Platform.parse(text)


@pytest.mark.parametrize(
    ("found", "wanted", "fits"),
    [
        ("linux/arm64", "linux/arm64/v8", True),
        ("linux/arm64/v8", "linux/arm64", True),
        ("linux/arm", "linux/arm/v7", True),
        ("linux/arm/v6", "linux/arm/v7", False),
        ("linux/amd64", "linux/arm64", False),
        ("windows/amd64", "linux/amd64", False),
    ],
)
def test_usual_variants_go_without_saying(found: str, wanted: str, fits: object) -> None:
    assert Platform.parse(found).fits(Platform.parse(wanted)) is fits


def test_this_machine_has_a_platform() -> None:
    assert Platform.parse(str(Platform.here())) == Platform.here()


@pytest.mark.usefixtures("held")
def test_what_arrived_whole_before_the_run_ended_is_not_fetched_again(images: Images) -> None:
    partial = images.cache / "partial" / digest_of(LARGE).replace(":", "-")
    partial.parent.mkdir(parents=True)
    partial.write_bytes(LARGE)

    images.pull()

    assert images.registry.count("GET", digest_of(LARGE)) == 0


@pytest.mark.usefixtures("held")
def test_a_registry_that_sends_another_range_is_refused(images: Images) -> None:
    images.registry.fails("GET", digest_of(LARGE), _breaks_off(1000))  # type: ignore[arg-type]  # an act
    wrong = says(206, LARGE[5:], Content_Range=f"bytes 5-{len(LARGE) - 1}/{len(LARGE)}")
    images.registry.fails("GET", digest_of(LARGE), wrong)

    assert "sent another range than asked for" in images.lacks()
