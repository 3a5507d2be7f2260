"""Roots and environments that somebody else made."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest
from installer import install
from installer.destinations import SchemeDictionaryDestination
from installer.sources import WheelFile

from repackage.check import check_installed, read_directory
from repackage.errors import InputError
from repackage.tree import Directory, File, OnDisk, Symlink, open_file, read_file
from repackage.wheel import read_wheel

if TYPE_CHECKING:
    from pathlib import Path

    from repackage.check import Policy, Report
    from tests.unit.check.conftest import World

SITE = "venv/lib/python3.11/site-packages"
COMMIT = "0123456789012345678901234567890123456789"


def put(directory: Path, *wheels: Path, direct_url: object = None) -> None:
    """Install wheels as pip does."""
    schemes = {"purelib": SITE, "platlib": SITE, "scripts": "venv/bin", "data": "venv"}
    destination = SchemeDictionaryDestination(
        {
            **{name: str(directory / path) for name, path in schemes.items()},
            "headers": str(directory / "venv/include"),
        },
        interpreter="/usr/bin/python3",
        script_kind="posix",
    )
    extra = {"INSTALLER": b"pip\n"}
    if direct_url is not None:
        extra["direct_url.json"] = json.dumps(direct_url).encode()
    for wheel in wheels:
        with WheelFile.open(wheel) as source:
            install(source, destination, extra)


def check(world: World, policy: Policy = "constrain") -> Report:
    standard = world.standard(world.make(), policy=policy)
    return check_installed(read_directory(world.directory / "venv"), standard)


def verdicts(report: Report, name: str) -> list[tuple[str, str]]:
    return [(one.verdict, one.severity) for one in report.findings if one.name == name]


def test_what_others_installed_has_no_hash_which_constrain_only_notes(world: World) -> None:
    wheel = world.make("dep")
    world.lock("dep", "1.0", wheel=wheel)
    put(world.directory, world.make(), wheel)

    assert verdicts(check(world), "dep") == [("hash-unverifiable", "note")]
    assert verdicts(check(world, "locked"), "dep") == [("hash-unverifiable", "error")]


def test_a_hash_that_direct_url_records_is_compared(world: World) -> None:
    wheel = world.make("dep")
    url = "https://files.example/dep-1.0-py3-none-any.whl"
    world.lock("dep", "1.0", wheel=wheel, source=f'url = "{url}"')
    digest = read_wheel(wheel).sha256
    origin = {"url": url, "archive_info": {"hashes": {"sha256": digest}}}
    put(world.directory, world.make())
    put(world.directory, wheel, direct_url=origin)

    assert verdicts(check(world, "exact"), "dep") == [("satisfied", "ok")]


def test_a_file_that_the_lock_lists_may_come_from_anywhere_but_under_exact(
    world: World,
) -> None:
    wheel = world.make("dep")
    world.lock("dep", "1.0", wheel=wheel)
    digest = read_wheel(wheel).sha256
    origin = {
        "url": "file:///wheels/dep-1.0-py3-none-any.whl",
        "archive_info": {"hashes": {"sha256": digest}},
    }
    put(world.directory, world.make())
    put(world.directory, wheel, direct_url=origin)

    assert verdicts(check(world, "locked"), "dep") == [("satisfied", "ok")]
    assert verdicts(check(world, "exact"), "dep") == [("source-differs", "error")]


def test_a_file_that_the_lock_does_not_list_comes_from_elsewhere(world: World) -> None:
    wheel = world.make("dep")
    world.lock("dep", "1.0", wheel=wheel)
    origin = {
        "url": "file:///wheels/dep-1.0-py3-none-any.whl",
        "archive_info": {"hashes": {"sha256": "0" * 64}},
    }
    put(world.directory, world.make())
    put(world.directory, wheel, direct_url=origin)

    assert verdicts(check(world), "dep") == [("source-differs", "error")]


def test_credentials_in_a_url_make_no_difference_and_are_not_told(world: World) -> None:
    wheel = world.make("dep")
    host = "files.example/dep-1.0-py3-none-any.whl"
    world.lock("dep", "1.0", wheel=wheel, source=f'url = "https://ann:secret@{host}"')
    put(world.directory, world.make())
    put(world.directory, wheel, direct_url={"url": f"https://{host}", "archive_info": {}})

    assert verdicts(check(world), "dep") == [("hash-unverifiable", "note")]

    other = {"url": f"https://ben:hidden@other.{host}", "archive_info": {}}
    put(world.directory / "2", world.make())
    put(world.directory / "2", wheel, direct_url=other)
    standard = world.standard(world.make(), policy="constrain")
    report = check_installed(read_directory(world.directory / "2/venv"), standard)
    (found,) = [one for one in report.findings if one.name == "dep"]
    assert found.verdict == "source-differs"
    assert "secret" not in found.message
    assert "hidden" not in found.message


def test_a_changed_file_is_named(world: World) -> None:
    put(world.directory, world.make())
    (world.directory / SITE / "app/__init__.py").write_text("def main():\n    print('hullo')\n")

    report = check(world)

    (found,) = [one for one in report.findings if one.verdict == "record-mismatch"]
    assert found.message == (
        "lib/python3.11/site-packages/app/__init__.py was changed after it was installed:"
        " its hash is not that of RECORD"
    )
    assert report.contravenes


@pytest.mark.parametrize("change", ["size", "gone", "link"])
def test_a_file_that_is_not_as_recorded_contravenes(world: World, change: str) -> None:
    put(world.directory, world.make())
    path = world.directory / SITE / "app/__init__.py"
    path.unlink()
    match change:
        case "size":
            path.write_text("")
        case "link":
            path.symlink_to("/dev/null")
        case _:
            pass

    assert ("record-mismatch", "error") in verdicts(check(world), "app")


def test_scripts_beside_what_is_judged_are_not_missed(world: World) -> None:
    wheel = world.make(scripts={"app": "app:main"})
    put(world.directory, wheel)
    standard = world.standard(wheel, policy="locked")

    report = check_installed(read_directory(world.directory / SITE), standard)

    assert verdicts(report, "app") == [("member", "ok")]


def test_scripts_inside_what_is_judged_are_missed(world: World) -> None:
    wheel = world.make(scripts={"app": "app:main"})
    put(world.directory, wheel)
    (world.directory / "venv/bin/app").unlink()

    report = check_installed(
        read_directory(world.directory / "venv"), world.standard(wheel, policy="locked")
    )

    assert ("record-mismatch", "error") in verdicts(report, "app")


def test_an_absolute_path_of_record_is_judged_where_it_is_there(world: World) -> None:
    put(world.directory, world.make())
    record = world.directory / SITE / "app-1.0.dist-info/RECORD"
    row = f"sha256={'A' * 43},1"
    record.write_text(record.read_text() + f"/etc/app.conf,{row}\n/etc/other,{row}\n")
    (world.directory / "venv/etc").mkdir()
    (world.directory / "venv/etc/app.conf").write_text("changed")

    report = check(world)

    said = [one.message for one in report.findings if one.verdict == "record-mismatch"]
    assert said == ["etc/app.conf has 7 bytes, and RECORD says 1"]


def test_bytecode_may_come_and_go(world: World) -> None:
    put(world.directory, world.make())
    record = world.directory / SITE / "app-1.0.dist-info/RECORD"
    record.write_text(record.read_text() + "app/__pycache__/app.cpython-311.pyc,,\n")

    assert verdicts(check(world), "app") == [("member", "ok")]


@pytest.mark.parametrize(
    "content", ["a,b\n", "app/__init__.py,md5,x\n", "app/__init__.py,sha256=\u00e9,\n"]
)
def test_a_record_that_cannot_be_read_is_a_finding(world: World, content: str) -> None:
    put(world.directory, world.make())
    (world.directory / SITE / "app-1.0.dist-info/RECORD").write_text(content)

    assert ("record-mismatch", "error") in verdicts(check(world), "app")


def test_a_distribution_without_record_is_not_judged_by_it(world: World) -> None:
    put(world.directory, world.make())
    (world.directory / SITE / "app-1.0.dist-info/RECORD").unlink()

    assert verdicts(check(world), "app") == [("member", "ok")]


@pytest.mark.parametrize(
    ("files", "direct_url"),
    [
        ({"__editable___app_finder.py": "", "__editable__.app-1.0.pth": "import x"}, None),
        ({"_app.pth": "/home/me/src\n"}, None),
        ({"app.py": ""}, {"url": "file:///home/me/app", "dir_info": {"editable": True}}),
    ],
)
def test_an_editable_installation_contravenes(
    world: World, files: dict[str, str], direct_url: object
) -> None:
    put(world.directory, world.make(files=files), direct_url=direct_url)

    assert ("editable", "error") in verdicts(check(world), "app")


def test_a_pth_file_that_names_no_directory_is_no_editable_installation(world: World) -> None:
    put(world.directory, world.make(files={"hook.pth": "import app\n", "a/b.pth": "/x"}))

    assert verdicts(check(world), "app") == [("member", "ok")]


def test_a_pth_file_that_is_recorded_and_gone_is_no_editable_installation(
    world: World,
) -> None:
    put(world.directory, world.make(files={"_app.pth": "/home/me/src\n"}))
    (world.directory / SITE / "_app.pth").unlink()

    assert [name for name, _ in verdicts(check(world), "app")] == ["member", "record-mismatch"]


@pytest.mark.parametrize(
    ("source", "direct_url", "verdict"),
    [
        ('registry = "https://index.example/simple"', {"url": "https://x.example/d.whl"}, 1),
        ('registry = "https://index.example/simple"', None, 0),
        (f'git = "https://git.example/d#{COMMIT}"', None, 1),
        (
            f'git = "https://git.example/d#{COMMIT}"',
            {"url": "https://git.example/d", "vcs_info": {"commit_id": COMMIT}},
            0,
        ),
        (
            f'git = "https://git.example/d#{COMMIT}"',
            {"url": "https://git.example/d", "vcs_info": {"commit_id": COMMIT[::-1]}},
            1,
        ),
        ('url = "https://x.example/d.whl"', {"url": "https://x.example/d.whl#sha256=1"}, 0),
        ('url = "https://x.example/d.whl"', {"url": "https://y.example/d.whl"}, 1),
        ('path = "dep-1.0-py3-none-any.whl"', {"url": "file:///elsewhere/d.whl"}, 0),
    ],
)
def test_another_source_than_the_locks(
    world: World, source: str, direct_url: object, verdict: int
) -> None:
    wheel = world.make("dep")
    world.lock("dep", "1.0", wheel=None if "git" in source else wheel, source=source)
    put(world.directory, wheel, direct_url=direct_url)

    found = [name for name, _ in verdicts(check(world), "dep")]
    assert ("source-differs" in found) == bool(verdict)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"url": "x", "dir_info": 1}'])
def test_a_direct_url_that_cannot_be_read_is_unusable_input(world: World, text: str) -> None:
    put(world.directory, world.make())
    (world.directory / SITE / "app-1.0.dist-info/direct_url.json").write_text(text)

    with pytest.raises(InputError, match=r"direct_url\.json cannot be read"):
        check(world)


def test_a_directory_is_described_sorted_by_bytes_and_links_are_not_followed(
    tmp_path: Path,
) -> None:
    root = tmp_path / "root"
    (root / "a").mkdir(parents=True)
    (root / "a/x").write_text("x")
    (root / "a-b").write_text("y")
    (root / "link").symlink_to("./a/")
    os.mkfifo(root / "pipe")

    entries = list(read_directory(root))

    assert [entry.path for entry in entries] == ["a", "a-b", "a/x", "link"]
    directory, file, _, link = entries
    assert isinstance(directory, Directory)
    assert isinstance(file, File)
    assert file.content == OnDisk(path=root / "a-b")
    assert read_file(file) == b"y"
    with open_file(file) as opened:
        assert opened.read() == b"y"
    assert isinstance(link, Symlink)
    assert link.target == "./a/"


@pytest.mark.parametrize("kind", ["nothing", "file"])
def test_what_is_no_directory_is_unusable_input(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "root"
    if kind == "file":
        path.write_text("")

    with pytest.raises(InputError, match="cannot be read"):
        list(read_directory(path))


@pytest.mark.parametrize(
    "direct_url",
    [
        "[" * 100_000,
        '{"url": ' + "9" * 10_000 + "}",
        '{"url": "x", "dir_info": []}',
        "[]",
    ],
)
def test_a_direct_url_that_cannot_be_read_is_refused(world: World, direct_url: str) -> None:
    put(world.directory, world.make())
    path = world.directory / SITE / "app-1.0.dist-info/direct_url.json"
    path.write_text(direct_url)

    with pytest.raises(InputError, match=r"direct_url\.json cannot be read"):
        check(world)


def test_a_line_of_tags_that_stands_for_billions_is_refused(world: World) -> None:
    put(world.directory, world.make())
    many = ".".join(f"t{number}" for number in range(2_000))
    path = world.directory / SITE / "app-1.0.dist-info/WHEEL"
    path.write_text(f"Wheel-Version: 1.0\nTag: {many}-{many}-{many}\n")

    with pytest.raises(InputError, match="a tag of WHEEL cannot be read"):
        check(world)


@pytest.mark.parametrize("row", [f'"{"a" * 200_000}",sha256=x,1', "a,b", "a,sha256,1"])
def test_a_record_that_cannot_be_read_is_a_mismatch(world: World, row: str) -> None:
    put(world.directory, world.make())
    path = world.directory / SITE / "app-1.0.dist-info/RECORD"
    path.write_text(f"{row}\n")

    report = check(world)

    (found,) = [one for one in report.findings if one.verdict == "record-mismatch"]
    assert found.message.startswith("its RECORD cannot be read")
