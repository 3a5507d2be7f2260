"""What registries answer instead, and what is said of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from repackage.container import Reference, RegistrySettings, pull, push
from repackage.errors import FetchError, PushError
from tests.unit.container.conftest import AMD64, QUICK
from tests.unit.container.images import simple
from tests.unit.container.registry import digest_of, drops, refuses, running, says

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.container.conftest import Images
    from tests.unit.container.registry import Act, Handler

REFUSALS: list[tuple[Act, str, str, int]] = [
    (refuses(401, "UNAUTHORIZED", "log in"), "401 Unauthorized: UNAUTHORIZED: log in", "", 1),
    (refuses(403, "DENIED", "not yours"), "403 Forbidden: DENIED: not yours", "not allowed", 1),
    (refuses(404, "NAME_UNKNOWN", "no such"), "404 Not Found: NAME_UNKNOWN", "of that name", 1),
    (refuses(429, "TOOMANYREQUESTS", "slow down"), "429 Too Many", "asked too often", 3),
    (refuses(500, "UNKNOWN", "oh"), "500 Internal Server Error", "in trouble", 3),
    (says(502, b"<html>"), "502 Bad Gateway", "in trouble", 3),
    (says(400, b'{"errors": [1, {"code": 2}, {}]}'), "400 Bad Request", "a registry", 1),
    (drops, "the connection broke off", "try again", 3),
]


@pytest.mark.parametrize(("act", "said", "advice", "tries"), REFUSALS)
def test_a_refused_manifest_is_explained(
    images: Images, tmp_path: Path, act: Act, said: str, advice: str, tries: int
) -> None:
    images.registry.fails("PUT", "/manifests/", act, times=99)

    message = images.refuses(simple().directory(tmp_path / "layout"))

    assert said in message
    assert advice in message
    assert images.registry.count("PUT", "/manifests/") == tries
    assert PushError.exit_code == 11


@pytest.mark.parametrize(("act", "said", "advice", "tries"), REFUSALS)
def test_a_manifest_that_cannot_be_had_is_explained(
    images: Images, act: Act, said: str, advice: str, tries: int
) -> None:
    images.registry.fails("GET", "/manifests/", act, times=99)

    message = images.lacks()

    assert said in message
    assert advice in message
    assert images.registry.count("GET", "/manifests/") == tries


@pytest.mark.parametrize(("act", "said", "advice", "tries"), REFUSALS[:2] + REFUSALS[3:])
def test_a_refused_upload_is_explained(
    images: Images, tmp_path: Path, act: Act, said: str, advice: str, tries: int
) -> None:
    images.registry.fails("POST", "/uploads/", act, times=99)

    message = images.refuses(simple(b"app").directory(tmp_path / "layout"))

    assert said in message
    assert advice in message
    assert images.registry.count("POST") <= 2 * tries
    assert images.registry.manifests == {}


@pytest.mark.parametrize("act", [says(503), says(429, Retry_After="0"), says(408), drops])
def test_what_passes_is_waited_for(images: Images, tmp_path: Path, act: Act) -> None:
    for method in ("HEAD", "POST", "PUT"):
        images.registry.fails(method, "", act)

    images.push(simple(b"app").directory(tmp_path / "layout"))
    images.registry.fails("GET", "", act, times=2)

    assert images.pull().directory.is_dir()


def test_what_a_registry_says_cannot_steer_the_terminal(images: Images) -> None:
    body = b'{"errors": [{"code": "X", "message": "a\\u001b[31m\\nred\\u202e"}]}'
    images.registry.fails("GET", "", says(403, body))

    assert "X: a[31m red" in images.lacks()


def test_long_stories_are_cut(images: Images) -> None:
    images.registry.fails("GET", "", refuses(403, "X", "long " * 1000))

    assert len(images.lacks()) < 1000


@pytest.mark.parametrize("kind", ["blobs/uploads", "manifests"])
def test_a_registry_that_stored_other_bytes_is_not_believed(
    images: Images, tmp_path: Path, kind: str
) -> None:
    other = says(201, Docker_Content_Digest=digest_of(b"other"))
    images.registry.fails("PUT", kind, other, times=99)

    message = images.refuses(simple(b"app").directory(tmp_path / "layout"))

    assert "the registry stored other bytes" in message
    assert digest_of(b"other") in message


def test_an_upload_that_does_not_say_where_is_refused(images: Images, tmp_path: Path) -> None:
    images.registry.fails("POST", "", says(202), times=99)

    message = images.refuses(simple(b"app").directory(tmp_path / "layout"))

    assert "begins an upload, and does not say where" in message


def test_redirects_end(images: Images) -> None:
    images.registry.fails("GET", "", says(307, Location="/v2/again"), times=99)

    assert "redirects more than 10 times" in images.lacks()


def test_a_redirect_to_no_address_is_refused(images: Images) -> None:
    images.registry.fails("GET", "", says(307, Location="file:///etc/passwd"), times=99)

    assert "redirects to what cannot be requested" in images.lacks()


def test_an_upload_is_redirected_only_as_it_is(images: Images, tmp_path: Path) -> None:
    layout = simple(b"app").directory(tmp_path / "layout")
    images.registry.fails("PUT", "/manifests/1", says(307, Location="/v2/team/app/manifests/2"))
    images.push(layout)
    assert ("team/app", "2") in images.registry.manifests

    images.registry.fails("PUT", "/manifests/", says(302, Location="/"), times=99)
    assert "302 Found" in images.refuses(layout)


def test_nobody_is_sent_to_where_there_is_no_encryption(images: Images, tmp_path: Path) -> None:
    images.push(simple(b"app").directory(tmp_path / "layout"))
    elsewhere = "http://storage.example/blob?signature=hunter2"
    images.registry.fails("GET", "/blobs/", says(307, Location=elsewhere), times=99)

    message = images.lacks()

    assert "sends on to where there is no encryption" in message
    assert "hunter2" not in message


def test_a_registry_elsewhere_is_asked_with_encryption(tmp_path: Path) -> None:
    with running() as proxy, pytest.MonkeyPatch.context() as patch:
        patch.setenv("https_proxy", f"http://{proxy.host}")
        patch.setenv("http_proxy", f"http://{proxy.host}")
        reference = Reference.parse("registry.example/team/app:1")
        settings = RegistrySettings(retries=0, timeout=2.0)
        with pytest.raises(FetchError):
            pull(reference, platform=AMD64, into=tmp_path, settings=settings)
        assert proxy.asked == []  # CONNECT is all that it would have been asked

        proxy.fails("GET", "", says(404))
        insecure = RegistrySettings(retries=0, timeout=2.0, insecure=True)
        with pytest.raises(FetchError, match="404"):
            pull(reference, platform=AMD64, into=tmp_path, settings=insecure)
        assert proxy.asked[0].path == "http://registry.example/v2/team/app/manifests/1"


def test_this_machine_is_asked_without_a_proxy(
    images: Images, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")

    assert "MANIFEST_UNKNOWN" in images.lacks()


def test_a_registry_that_is_not_there_is_named(tmp_path: Path) -> None:
    reference = Reference.parse("127.0.0.1:9/team/app:1")

    with pytest.raises(PushError, match=r"no connection to '127\.0\.0\.1'"):
        push(simple().directory(tmp_path / "layout"), [reference], settings=QUICK)


def test_a_registry_that_falls_silent_is_not_waited_for_long(tmp_path: Path) -> None:
    with running() as registry:
        registry.fails("GET", "", lambda handler: handler.rfile.read(1), times=99)  # type: ignore[arg-type]  # waits
        settings = RegistrySettings(retries=0, timeout=0.2)
        reference = Reference.parse(f"{registry.host}/team/app:1")
        with pytest.raises(FetchError, match="the server fell silent"):
            pull(reference, platform=AMD64, into=tmp_path, settings=settings)


def test_a_refusal_that_breaks_off_is_a_refusal(images: Images) -> None:
    def act(handler: Handler) -> None:
        handler.close_connection = True
        handler.say(403, b'{"errors": [', Content_Length="1000", Connection="close")

    images.registry.fails("GET", "", act)

    assert "403 Forbidden (" in images.lacks()


def test_a_long_page_of_a_refusal_is_not_read_to_its_end(images: Images) -> None:
    images.registry.fails("GET", "", says(403, b"<p>" * 1_000_000))

    assert "403 Forbidden (" in images.lacks()


def test_a_redirect_may_have_a_long_page(images: Images, tmp_path: Path) -> None:
    images.push(simple(b"app").directory(tmp_path / "layout"))
    path = f"/v2/team/app/blobs/{digest_of(b'app')}?again"
    images.registry.fails("GET", digest_of(b"app"), says(307, b"<p>" * 100_000, Location=path))

    assert images.pull().directory.is_dir()


def test_an_upload_to_no_address_is_refused(images: Images, tmp_path: Path) -> None:
    images.registry.fails("POST", "", says(202, Location="http://[::1"), times=99)

    message = images.refuses(simple(b"app").directory(tmp_path / "layout"))

    assert "does not say where" in message
