"""What was packaged by us can be judged strictly, and what became of it since is noticed."""

from __future__ import annotations

import hashlib
import json
import platform
import re
from typing import TYPE_CHECKING

import pytest

from tests.wheels import WheelFactory

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.unit.build.project import Project
    from tests.unit.cli.conftest import Done

    Run = Callable[..., Done]

LEDGER = "usr/share/repackage/app/ledger.json"
SITE = "usr/lib/app/lib/python3.11/site-packages"


@pytest.fixture
def root(run: Run, project: Project, tmp_path: Path) -> Path:
    """A root that the application, with its extra, was unpacked into."""
    directory = tmp_path / "root"
    done = run("-f", "tar", *project.options, "--extra", "loud", "--stage-dir", directory)
    assert done.status == 0, done.err
    return directory


def verdicts(run: Run, root: Path, project: Project, *options: str) -> dict[str, list[str]]:
    done = run("check", root, "--lock", project.lock, "--policy", "locked", "--json", *options)
    found: dict[str, list[str]] = {}
    for finding in json.loads(done.out)["findings"]:
        found.setdefault(finding["name"], []).append(finding["verdict"])
    return found


@pytest.mark.parametrize("policy", ["exact", "locked", "constrain", "range"])
def test_what_is_as_it_was_packaged_is_clean_under_every_policy(
    run: Run, root: Path, project: Project, policy: str
) -> None:
    done = run("check", root, "--lock", project.lock, "--policy", policy, "-v")

    assert done.status == 0, done.out
    assert "target debian-12-x86_64" in done.out
    assert "warning" not in done.err
    found = verdicts(run, root, project)
    assert found["greet"] == found["shout"] == ["satisfied"]


@pytest.mark.parametrize("format_", ["tar", "deb"])
def test_an_artifact_is_clean_under_locked(run: Run, project: Project, format_: str) -> None:
    assert run("-f", format_, *project.options).status == 0
    (artifact,) = project.out.iterdir()

    done = run("check", artifact, "--lock", project.lock, "--policy", "locked")

    assert done.status == 0, done.out


def test_without_its_ledger_no_hash_can_be_told(run: Run, root: Path, project: Project) -> None:
    (root / LEDGER).unlink()

    found = verdicts(run, root, project, "--target", "debian-12-x86_64", "--extra", "loud")

    assert found["greet"] == ["hash-unverifiable"]


def test_an_edit_of_a_file_is_noticed(run: Run, root: Path, project: Project) -> None:
    with (root / SITE / "greet/__init__.py").open("a") as file:
        file.write("# edited\n")

    assert verdicts(run, root, project)["greet"] == ["record-mismatch", "satisfied"]


def test_an_edit_that_record_was_made_to_agree_with_is_noticed(
    run: Run, root: Path, project: Project
) -> None:
    record = root / SITE / "greet-2.0.dist-info/RECORD"
    kept = [line for line in record.read_text().splitlines() if "__init__" not in line]
    record.write_text("\n".join(kept) + "\n")

    done = run("check", root, "--lock", project.lock, "--policy", "locked")

    assert done.status == 1
    assert "its RECORD was changed after it was packaged" in " ".join(done.out.split())
    assert verdicts(run, root, project)["greet"] == ["hash-unverifiable", "record-mismatch"]


def test_a_record_that_is_gone_is_noticed(run: Run, root: Path, project: Project) -> None:
    (root / SITE / "greet-2.0.dist-info/RECORD").unlink()

    assert "record-mismatch" in verdicts(run, root, project)["greet"]


def test_a_distribution_that_was_replaced_is_not_believed(
    run: Run, root: Path, project: Project
) -> None:
    info = root / SITE / "greet-2.0.dist-info"
    newer = info.rename(info.with_name("greet-2.1.dist-info"))
    metadata = newer / "METADATA"
    metadata.write_text(metadata.read_text().replace("Version: 2.0", "Version: 2.1"))

    found = verdicts(run, root, project)["greet"]

    assert "version-differs" in found
    assert "record-mismatch" in found


def test_a_wheel_that_the_lock_does_not_list_any_more_is_a_mismatch(
    run: Run, root: Path, project: Project
) -> None:
    wheel = next(project.wheelhouse.glob("greet-*"))
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    project.lock.write_text(project.lock.read_text().replace(digest, "1" * 64))

    done = run("check", root, "--lock", project.lock)

    assert done.status == 1
    assert f"warning: {LEDGER}: it was packaged from another lock than" in done.err
    assert verdicts(run, root, project)["greet"] == ["hash-mismatch"]


def test_another_source_than_the_locked_one_contravenes(
    run: Run, root: Path, project: Project
) -> None:
    text = project.lock.read_text()
    head, _, tail = text.partition('name = "greet"\nversion = "2.0"\n')
    commit = "a" * 40
    locked = f'source = {{ git = "https://git.example/greet?rev=v2#{commit}" }}\n'
    rest = tail[tail.index("\n[[package]]") :]
    project.lock.write_text(f'{head}name = "greet"\nversion = "2.0"\n{locked}{rest}')

    done = run("check", root, "--lock", project.lock)

    assert "source-differs" in verdicts(run, root, project)["greet"]
    said = " ".join(done.out.split())
    assert "packaged from the index https://index.example/simple" in said


def test_another_selection_may_be_asked_for(run: Run, root: Path, project: Project) -> None:
    project.lock.with_name("pyproject.toml").write_text("[tool.repackage]\nextras = []\n")

    assert verdicts(run, root, project)["shout"] == ["satisfied"]
    done = run("check", root, "--lock", project.lock, "--no-extra", "loud", "--json")
    as_json = json.loads(done.out)
    (shout,) = [each for each in as_json["findings"] if each["name"] == "shout"]
    assert shout["verdict"] == "unselected"
    (note,) = as_json["notes"]
    assert note.endswith(
        "packaged with extra loud, and is judged with neither extras nor groups"
    )


def test_another_target_may_be_asked_for(run: Run, root: Path, project: Project) -> None:
    done = run("check", root, "--lock", project.lock, "--target", "debian-12-aarch64")

    assert "packaged for" not in done.err  # it is the same for both


def test_another_release_may_be_asked_for(run: Run, root: Path, project: Project) -> None:
    done = run("check", root, "--lock", project.lock, "--target", "debian-13")

    assert "it was packaged for debian-12, not for debian-13" in done.err


@pytest.mark.parametrize(
    ("machine", "arch"),
    [("x86_64", "x86_64"), ("arm64", "aarch64"), ("loongarch64", "x86_64"), ("z80", "x86_64")],
)
def test_what_is_for_every_machine_is_judged_as_on_this_one_if_there_is_such_a_system(
    run: Run,
    root: Path,
    project: Project,
    machine: str,
    arch: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(platform, "machine", lambda: machine)

    done = run("check", root, "--lock", project.lock)

    assert f"target debian-12-{arch} (told by its ledger)" in done.out
    assert done.err == ""


@pytest.mark.parametrize(
    ("platform_", "judged"),
    [
        ("musllinux_1_2_aarch64", r"cp311-musllinux_1_2_(x86_64|aarch64)"),
        ("manylinux_2_28_x86_64", r"cp311-manylinux_2_28_(x86_64|aarch64)"),
        ("macosx_13_0_x86_64", "cp311-macosx_13_0_arm64"),
        ("win_arm64", "cp311-win_amd64"),
        ("win32", "cp311-win_amd64"),
    ],
)
def test_what_is_for_every_machine_of_a_platform_is_judged_for_one_of_them(
    run: Run, project: Project, platform_: str, judged: str
) -> None:
    options = [each for each in project.options if each not in ("--arch", "x86_64")]
    options[options.index("--target")] = "--python"
    options[options.index("debian-12")] = "3.11"
    assert run("-f", "tar", *options, "--platform", platform_).status == 0
    (artifact,) = project.out.iterdir()

    done = run("check", artifact, "--lock", project.lock, "--policy", "locked")

    assert done.status == 0, done.out
    assert re.search(rf"target {judged} \(told by its ledger\)", done.out)
    assert done.err == ""


def test_a_ledger_that_cannot_be_read_is_told_and_is_as_good_as_none(
    run: Run, root: Path, project: Project
) -> None:
    (root / LEDGER).write_text('{"schema": 1}')

    done = run("check", root, "--lock", project.lock, "--target", "debian-12-x86_64")

    assert f"warning: {LEDGER}: application: missing" in done.err
    assert done.status == 0


def test_two_ledgers_that_do_not_agree_are_not_believed(
    run: Run, root: Path, project: Project
) -> None:
    other = root / "usr/share/repackage/zz/ledger.json"
    other.parent.mkdir()
    text = (root / LEDGER).read_text()
    other.write_text(text.replace('"obtained": "locked"', '"obtained": "built"'))

    options = ("--target", "debian-12-x86_64", "--extra", "loud")
    found = verdicts(run, root, project, *options)["greet"]

    assert found == ["hash-unverifiable", "record-mismatch"]


def test_two_packages_in_one_root_have_their_own_ledgers(
    run: Run, root: Path, project: Project
) -> None:
    """A package of another name, with the same application in another prefix."""
    done = run(
        *("-f", "tar", *project.options, "-C", "tar.prefix=/opt/next", "--extra", "loud"),
        *("--stage-dir", root.with_name("second")),
    )
    assert done.status == 0, done.err
    second = root.with_name("second")
    ledger = second / LEDGER
    moved = root / "usr/share/repackage/app-next/ledger.json"
    moved.parent.mkdir()
    moved.write_bytes(ledger.read_bytes())
    (second / "opt").rename(root / "opt")

    options = ("--target", "debian-12-x86_64", "--extra", "loud")
    for site in (SITE, "opt/next/lib/python3.11/site-packages"):
        found = verdicts(run, root, project, "--site", site, *options)
        assert found["greet"] == ["satisfied"], site


def test_a_given_wheel_is_one_built_from_the_locked_source(run: Run, project: Project) -> None:
    project.lock_the_source()
    assert run("-f", "tar", *project.options).status == 0
    (artifact,) = project.out.iterdir()

    assert verdicts(run, artifact, project)["greet"] == ["satisfied-sdist"]
    project.lock.write_text(project.lock.read_text().replace("1" * 64, "2" * 64))
    assert verdicts(run, artifact, project)["greet"] == ["hash-mismatch"]


def test_the_file_of_a_locked_application_is_compared_too(run: Run, project: Project) -> None:
    text = project.lock.read_text()
    digest = hashlib.sha256(project.wheel.read_bytes()).hexdigest()
    published = (
        'source = { registry = "https://index.example/simple" }\n'
        f'wheels = [{{ url = "https://files.example/{project.wheel.name}",'
        f' hash = "sha256:{digest}" }}]\n'
    )
    text = text.replace('source = { editable = "." }\n', published)
    text = text.replace("[package.metadata]", "[package.ignored]")
    project.lock.write_text(
        text + '\n[[package]]\nname = "holder"\nversion = "0"\n'
        'source = { virtual = "." }\ndependencies = [{ name = "app", extra = ["loud"] }]\n'
    )
    done = run("-f", "tar", *project.options)
    assert done.status == 0, done.err
    (artifact,) = project.out.iterdir()

    assert verdicts(run, artifact, project)["app"] == ["satisfied"]
    WheelFactory(project.wheel.parent)(
        "app", "1.0", requires=["greet>=1", "shout; extra == 'loud'"], extras=["loud"]
    )
    assert run("-f", "tar", *project.options, "--policy", "report").status == 0
    assert "hash-mismatch" in verdicts(run, artifact, project)["app"]
