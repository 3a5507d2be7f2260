from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from repackage.build import Asked, check, request_of
from repackage.errors import UsageError
from repackage.tree import Entry, inline_file

if TYPE_CHECKING:
    from pathlib import Path

    from repackage.build import Request

WORKSPACE = """
version = 1
revision = 3
requires-python = ">=3.10"

[manifest]
members = ["app", "lib", "other"]

[[package]]
name = "app"
version = "1.0"
source = { editable = "." }
dependencies = [{ name = "lib" }]

[[package]]
name = "lib"
version = "1.0"
source = { editable = "lib" }

[[package]]
name = "other"
version = "1.0"
source = { editable = "other" }
"""


def installed(*names: str) -> list[Entry]:
    return [
        inline_file(
            f"site/{name}-1.0.dist-info/METADATA",
            f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n".encode(),
            mtime=0,
        )
        for name in names
    ]


@pytest.fixture
def request_(tmp_path: Path) -> Request:
    (tmp_path / "uv.lock").write_text(WORKSPACE)
    flags = {"target": "debian-12", "arch": "x86_64"}
    return request_of(
        Asked(wheel=tmp_path, lock=tmp_path / "uv.lock", flags=flags, policy="report")
    )


def test_the_application_is_the_member_that_no_other_needs(request_: Request) -> None:
    report = check(request_, installed("app", "lib"))

    (app,) = [finding for finding in report.findings if "application" in finding.message]
    assert (app.name, app.verdict) == ("app", "member")


def test_a_named_application_need_not_be_there(request_: Request) -> None:
    report = check(request_, installed("lib"), name="App")

    assert ("app", "missing") in [(each.name, each.verdict) for each in report.findings]


@pytest.mark.parametrize(
    ("there", "message"),
    [
        (["app", "lib", "other"], "app or other"),
        ([], "no member of the lock is installed"),
        (["stranger"], "no member of the lock is installed"),
    ],
)
def test_without_one_application_its_name_is_asked_for(
    request_: Request, there: list[str], message: str
) -> None:
    with pytest.raises(
        UsageError, match=f"{message}.*--name says it; members of the lock: app"
    ):
        check(request_, installed(*there))


def test_a_name_that_nothing_has_suggests_the_nearest(request_: Request) -> None:
    with pytest.raises(UsageError, match=r"called 'otter' is installed \(did you mean 'other'"):
        check(request_, installed("app"), name="otter")
