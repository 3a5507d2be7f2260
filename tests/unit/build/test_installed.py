from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from repackage.build import Asked, check, request_of
from repackage.errors import UsageError
from repackage.tree import Entry, File, inline_file, read_file

if TYPE_CHECKING:
    from pathlib import Path

    from repackage.build import Request
    from repackage.check import Report

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


def test_an_application_that_was_installed_from_a_file_is_no_other_than_itself(
    request_: Request,
) -> None:
    origin = (
        '{"url": "file:///dist/app-1.0-py3-none-any.whl",'
        f' "archive_info": {{"hashes": {{"sha256": "{"0" * 64}"}}}}}}'
    )
    path = "site/app-1.0.dist-info/direct_url.json"
    by_pip = inline_file(path, origin.encode(), mtime=0)

    report = check(request_, [*installed("app"), by_pip])

    assert ("app", "member") in [(each.name, each.verdict) for each in report.findings]


def test_an_application_of_another_version_than_the_lock_has_is_noted(
    request_: Request,
) -> None:
    text = request_.lock.read_text()
    request_.lock.write_text(text.replace('"app"\nversion = "1.0"', '"app"\nversion = "0.9"'))

    report = check(request_, installed("app"))

    (app,) = [
        finding for finding in report.findings if finding.where == "site/app-1.0.dist-info"
    ]
    assert app.severity == "note"
    assert "(the lock was written at 0.9)" in app.message


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


VENV = "opt/venv/lib/python3.11/site-packages"
APT = "usr/lib/python3/dist-packages"


def installed_in(site: str, *names: str) -> list[Entry]:
    return [
        inline_file(entry.path.replace("site/", f"{site}/", 1), read_file(entry), mtime=0)
        for entry in installed(*names)
        if isinstance(entry, File)
    ]


def told(report: Report) -> set[str]:
    return {finding.where.rpartition("/")[0] for finding in report.findings if finding.where}


def test_the_import_path_with_the_application_is_judged(request_: Request) -> None:
    report = check(request_, [*installed_in(VENV, "app", "lib"), *installed_in(APT, "apt")])

    assert told(report) == {VENV}
    assert "apt" not in {finding.name for finding in report.findings}


def test_an_import_path_may_be_chosen(request_: Request) -> None:
    entries = [*installed_in(VENV, "app", "lib"), *installed_in(APT, "app")]

    assert told(check(request_, entries, site=f"/{APT}/")) == {APT}
    assert told(check(request_, entries, site=VENV)) == {VENV}


def test_two_import_paths_with_an_application_are_told_apart_by_the_user(
    request_: Request,
) -> None:
    entries = [*installed_in(VENV, "app"), *installed_in(APT, "other")]

    with pytest.raises(
        UsageError,
        match=f"imported from: {VENV} or {APT} .--site says which one is meant",
    ):
        check(request_, entries)
    assert told(check(request_, entries, name="other")) == {APT}


def test_a_directory_without_distributions_is_no_import_path(request_: Request) -> None:
    with pytest.raises(
        UsageError, match=f"no distribution is installed in 'opt/x' .*known: {VENV}"
    ):
        check(request_, installed_in(VENV, "app"), site="opt/x")


def test_an_application_that_is_not_there_is_looked_for_where_others_of_the_lock_are(
    request_: Request,
) -> None:
    entries = [*installed_in(VENV, "lib"), *installed_in(APT, "apt")]

    report = check(request_, entries, name="app")

    assert told(report) == {VENV}
    assert ("app", "missing") in [(each.name, each.verdict) for each in report.findings]


def test_what_an_absent_application_declares_counts(tmp_path: Path) -> None:
    lock = tmp_path / "uv.lock"
    lock.write_text(
        """
version = 1
revision = 3
requires-python = ">=3.10"

[[package]]
name = "app"
version = "1.0"
source = { editable = "." }
dependencies = [{ name = "dep" }]

[package.metadata]
requires-dist = [
    { name = "dep", specifier = "<2", marker = "python_version > '3'" },
    { name = "dep", extras = ["x"], specifier = ">7", marker = "extra == 'more'" },
]
provides-extras = ["more"]

[[package]]
name = "dep"
version = "0.5"
source = { registry = "https://index.example/simple" }
sdist = { url = "https://index.example/dep-0.5.tar.gz", hash = "sha256:AB" }
""".replace("AB", "ab" * 32)
    )
    flags = {"target": "debian-12", "arch": "x86_64"}
    asked = request_of(Asked(wheel=tmp_path, lock=lock, flags=flags, policy="range"))

    report = check(asked, installed("dep"), name="app")

    told = {finding.name: finding for finding in report.findings}
    assert told["app"].verdict == "missing"
    assert "in range" in told["dep"].message


def test_metadata_are_read_once(request_: Request, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def counted(file: File) -> bytes:
        read.append(file.path)
        return read_file(file)

    monkeypatch.setattr("repackage.check._search.read_file", counted)
    check(request_, installed("app", "lib"))

    assert sorted(path for path in read if path.endswith("METADATA")) == [
        "site/app-1.0.dist-info/METADATA",
        "site/lib-1.0.dist-info/METADATA",
    ]


def test_another_python_than_application_and_lock_want_is_a_verdict(tmp_path: Path) -> None:
    (tmp_path / "uv.lock").write_text(WORKSPACE)
    flags = {"python": "3.9", "platform": "manylinux_2_28_x86_64"}
    asked = request_of(Asked(wheel=tmp_path, lock=tmp_path / "uv.lock", flags=flags))
    metadata = b"Metadata-Version: 2.1\nName: app\nVersion: 1.0\nRequires-Python: >=3.10\n"
    there = [inline_file("site/app-1.0.dist-info/METADATA", metadata, mtime=0)]

    report = check(asked, there)

    said = [each.message for each in report.findings if each.verdict == "python-mismatch"]
    assert said == [
        "the lock requires Python >=3.10, and the target cp39-manylinux_2_28_x86_64 has 3.9.0",
        "it requires Python >=3.10, and the target cp39-manylinux_2_28_x86_64 has 3.9.0",
    ]
    assert report.contravenes
