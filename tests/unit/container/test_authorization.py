"""Being let in by registries that want to know who is there."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import pytest

from repackage.container import _authorization
from repackage.errors import FetchError, PushError
from tests.unit.container.images import simple
from tests.unit.container.registry import refuses, says

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.container.conftest import Images
    from tests.unit.container.registry import Registry

SECRET = "hunter2"


def log_in(registry: Registry, path: Path, **entry: str) -> None:
    entry = entry or {"username": "me", "password": SECRET}
    path.write_text(json.dumps({"auths": {registry.host: entry}}))


@pytest.fixture(params=["basic", "bearer"])
def guarded(request: pytest.FixtureRequest, images: Images) -> Registry:
    """A registry that lets nobody in but ``me``."""
    images.registry.basic = ("me", SECRET)
    images.registry.bearer = request.param == "bearer"
    return images.registry


@pytest.fixture
def bearer(images: Images) -> Registry:
    images.registry.basic = ("me", SECRET)
    images.registry.bearer = True
    return images.registry


@pytest.fixture
def layout(tmp_path: Path) -> Path:
    return simple().directory(tmp_path / "layout")


def test_who_has_logged_in_is_let_in(
    images: Images, guarded: Registry, layout: Path, no_environment: Path
) -> None:
    log_in(guarded, no_environment)

    images.push(layout)

    assert images.pull().directory.is_dir()
    for asked in guarded.asked:
        assert SECRET not in asked.path


def test_who_has_not_is_told_where_logins_are_kept(
    images: Images, guarded: Registry, layout: Path, no_environment: Path
) -> None:
    message = images.refuses(layout)

    assert "the registry says 401 Unauthorized" in message
    assert "there is no login for it: 'docker login'" in message
    assert str(no_environment) in message
    assert guarded.manifests == {}


def test_a_login_that_is_not_accepted_is_named_but_not_shown(
    images: Images, guarded: Registry, layout: Path, no_environment: Path
) -> None:
    log_in(guarded, no_environment, username="me", password="wrong-word")

    message = images.refuses(layout)

    assert "401 Unauthorized" in message
    assert f"the login is that of {no_environment}" in message
    assert "wrong-word" not in message
    assert guarded.count("HEAD") <= 6  # each thread once without and once with it


def test_what_a_registry_repeats_of_a_login_is_not_shown(
    images: Images, guarded: Registry, layout: Path, no_environment: Path
) -> None:
    log_in(guarded, no_environment)
    images.push(layout)
    guarded.fails("PUT", "/manifests/", refuses(403, "DENIED", f"not with {SECRET}!"), times=9)

    assert "DENIED: not with …!" in images.refuses(layout)


def test_one_token_serves_a_whole_push(
    images: Images, bearer: Registry, layout: Path, no_environment: Path
) -> None:
    log_in(bearer, no_environment)

    images.push(layout)

    (asked,) = bearer.seen("GET", "/token")
    assert "service=registry+of+tests" in asked.path
    assert "scope=repository%3Ateam%2Fapp%3Apull%2Cpush" in asked.path
    assert "account=me" in asked.path


def test_a_mount_asks_for_both_repositories(
    images: Images, bearer: Registry, layout: Path, no_environment: Path
) -> None:
    log_in(bearer, no_environment)

    images.push(layout, "team/app:1", "team/other:1")

    scopes = [each.path for each in bearer.seen("GET", "/token")]
    assert len(scopes) == 3
    assert "scope=repository%3Ateam%2Fapp%3Apull" in scopes[-1]
    assert "scope=repository%3Ateam%2Fother%3Apull%2Cpush" in scopes[-1]


def test_anybody_may_pull_with_a_token_for_anybody(
    images: Images, bearer: Registry, layout: Path, no_environment: Path
) -> None:
    log_in(bearer, no_environment)
    images.push(layout)
    no_environment.unlink()
    bearer.asked.clear()

    images.pull()

    (asked,) = bearer.seen("GET", "/token")
    assert "Authorization" not in asked.headers


def test_anybody_may_not_push_with_it(images: Images, bearer: Registry, layout: Path) -> None:
    message = images.refuses(layout)

    assert "401 Unauthorized" in message
    assert bearer.count("POST", "uploads") <= 6


def test_an_identity_token_is_exchanged(
    images: Images, bearer: Registry, layout: Path, no_environment: Path
) -> None:
    bearer.identity = "long-lived"
    log_in(bearer, no_environment, identitytoken="long-lived")

    images.push(layout)

    (asked,) = bearer.seen("POST", "/token")
    assert b"grant_type=refresh_token" in asked.body
    assert asked.path == "/token"


def test_a_token_that_has_run_out_is_replaced(
    images: Images,
    bearer: Registry,
    layout: Path,
    no_environment: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    log_in(bearer, no_environment)
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])

    def later(handler: object) -> None:
        now[0] += 250.0
        bearer.tokens.clear()
        says(500)(handler)  # type: ignore[arg-type]  # the handler

    bearer.fails("PUT", "/manifests/", later)
    images.push(layout)

    assert bearer.count("GET", "/token") == 2


def test_a_token_that_is_refused_is_replaced_once(
    images: Images, bearer: Registry, layout: Path, no_environment: Path
) -> None:
    log_in(bearer, no_environment)

    def forget(handler: object) -> None:
        bearer.tokens.clear()
        says(500)(handler)  # type: ignore[arg-type]  # the handler

    bearer.fails("PUT", "/manifests/", forget)
    images.push(layout)

    assert bearer.count("GET", "/token") == 2


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "holds no token"),
        (b"[]", "holds no token"),
        (b"{}", "holds no token"),
        (b'{"token": "a\\r\\nX: y"}', "holds no token"),
        (b'{"token": ""}', "holds no token"),
        (b" " * (2 << 20), "holds no token"),
    ],
)
def test_what_is_no_token_is_refused(
    images: Images, bearer: Registry, body: bytes, said: str
) -> None:
    bearer.fails("GET", "/token", says(200, body), times=9)

    assert said in images.lacks()


@pytest.mark.parametrize(
    ("code", "said"), [(403, "403 Forbidden"), (500, "500 Internal"), (302, "302 Found")]
)
def test_a_server_of_tokens_that_refuses_is_named(
    images: Images, bearer: Registry, code: int, said: str
) -> None:
    bearer.fails("GET", "/token", says(code, Location="http://elsewhere.example"), times=9)

    message = images.lacks()

    assert said in message
    assert f"{bearer.host}/token" in message
    assert "scope=" not in message


@pytest.mark.parametrize(
    ("realm", "said"),
    [
        ("http://tokens.example/token", "given without encryption"),
        ("file:///etc/passwd", "is no address"),
        ("", "is no address"),
    ],
)
def test_a_login_is_shown_in_safe_places_only(
    images: Images, no_environment: Path, realm: str, said: str
) -> None:
    log_in(images.registry, no_environment)
    challenge = f'Bearer realm="{realm}",service="x"'
    images.registry.fails("GET", "", says(401, WWW_Authenticate=challenge), times=9)

    assert said in images.lacks()


def test_a_challenge_that_nobody_knows_is_a_refusal(images: Images) -> None:
    images.registry.fails("GET", "", says(401, WWW_Authenticate="Negotiate YWJj"), times=9)

    assert "401 Unauthorized" in images.lacks()


def test_a_token_that_lasts_for_no_time_to_tell_lasts_a_minute() -> None:
    assert _authorization._LASTS == 60


def test_the_errors_are_of_what_was_done() -> None:
    assert FetchError.exit_code != PushError.exit_code


def test_an_identity_token_is_not_shown_either(
    images: Images, bearer: Registry, layout: Path, no_environment: Path
) -> None:
    bearer.identity = "long-lived"
    log_in(bearer, no_environment, identitytoken="long-lived")
    images.push(layout)
    bearer.fails("PUT", "/manifests/", refuses(403, "DENIED", "not long-lived"), times=9)

    assert "DENIED: not …" in images.refuses(layout)


def test_a_repository_that_nothing_may_be_taken_from_is_asked_once(
    images: Images, bearer: Registry, tmp_path: Path, no_environment: Path
) -> None:
    log_in(bearer, no_environment)
    bearer.fails("POST", "mount=", refuses(403, "DENIED", "no"), times=99)
    many = simple(*(bytes([number]) for number in range(20))).directory(tmp_path / "many")

    images.push(many, "team/app:1", "team/other:1")

    assert bearer.count("POST", "mount=") <= 3  # by each thread
