"""``repackage check``: what it says, in which form, and with which status."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import jsonschema
import pytest

from repackage.check import QUESTIONS, SEVERITIES, VERDICTS, severity
from repackage.cli._explained import EXPLAINED
from repackage.cli._sarif import LEVELS

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.build.project import Project
    from tests.unit.cli.conftest import Done

    Run = Callable[..., Done]

TARGET = ("--target", "debian-12", "--arch", "x86_64")
SCHEMA = Path(__file__).parents[3] / "docs/reference/check.schema.json"


@pytest.fixture
def tarball(run: Run, project: Project) -> Path:
    assert run("-f", "tar", *project.options).status == 0
    (made,) = project.out.iterdir()
    return made


@pytest.fixture
def contravened(project: Project, tarball: Path) -> Path:
    """A tarball with another version than its lock has in the meantime."""
    text = project.lock.read_text()
    project.lock.write_text(text.replace("2.0", "2.1"))
    return tarball


@pytest.fixture
def incomplete(run: Run, project: Project, tmp_path: Path) -> Path:
    """A root that lacks a distribution."""
    root = tmp_path / "root"
    assert run("-f", "tar", *project.options, "--stage-dir", root).status == 0
    for path in [*root.rglob("greet-2.0.dist-info/*"), *root.rglob("ledger.json")]:
        path.unlink()
    return root


def words(text: str) -> list[list[str]]:
    return [line.split() for line in text.splitlines()]


def test_an_artifact_of_ours_does_not_contravene_its_lock(
    run: Run, project: Project, tarball: Path
) -> None:
    done = run("check", tarball, "--lock", project.lock, *TARGET)

    assert done.status == 0, done.out + done.err
    questions = [line.partition(":")[0] for line in done.out.splitlines()]
    assert questions[:3] == ["agreement", "coverage", "exclusivity"]
    assert done.out.endswith(
        "policy 'constrain', target debian-12-x86_64: 0 of 2 distributions fail\n"
    )


def test_what_is_well_is_told_on_demand(run: Run, project: Project, tarball: Path) -> None:
    verbose = run("check", "-v", tarball, "--lock", project.lock, *TARGET)

    assert ["ok", "app", "member", "1.0,", "the", "application", "itself"] in words(verbose.out)


def test_another_version_than_the_locked_one_contravenes(
    run: Run, project: Project, contravened: Path
) -> None:
    done = run("check", contravened, "--lock", project.lock, *TARGET)

    assert done.status == 1
    assert "agreement: 1 error" in done.out
    (row,) = [row for row in words(done.out) if row[:1] == ["error"]]
    assert row[1:4] == ["greet", "version-differs", "2.0"]
    assert row[-5:] == ["required", "by", "app", "1.0"] or row[-3:] == ["by", "app", "1.0"]
    assert "1 of 2 distributions fail" in done.out


def test_something_missing_is_incomplete(run: Run, project: Project, incomplete: Path) -> None:
    done = run("check", incomplete, "--lock", project.lock, *TARGET, "--policy", "locked")

    assert "coverage: 1 error" in done.out
    assert ["error", "greet", "missing"] in [row[:3] for row in words(done.out)]


def test_what_is_no_artifact_is_unusable_input(
    run: Run, project: Project, tmp_path: Path
) -> None:
    (tmp_path / "rubbish").write_bytes(b"rubbish")

    done = run("check", tmp_path / "rubbish", "--lock", project.lock, *TARGET)

    assert done.status == 2
    assert "cannot tell the format" in done.err


def test_what_is_not_there_is_unusable_input(
    run: Run, project: Project, tmp_path: Path
) -> None:
    done = run("check", tmp_path / "nothing", "--lock", project.lock, *TARGET)

    assert done.status == 2
    assert "no such file" in done.err


def test_the_application_may_be_named(run: Run, project: Project, tarball: Path) -> None:
    done = run("check", tarball, "--lock", project.lock, *TARGET, "--name", "ap")

    assert done.status == 2
    assert "did you mean 'app'?" in done.err


@pytest.mark.parametrize("made", ["contravened", "incomplete", "tarball"])
@pytest.mark.parametrize("policy", ["exact", "locked", "constrain", "range", "report"])
def test_json_keeps_its_schema(
    run: Run,
    project: Project,
    made: str,
    policy: str,
    request: pytest.FixtureRequest,
) -> None:
    path = request.getfixturevalue(made)
    options = ("--lock", project.lock, *TARGET, "--policy", policy)
    done = run("check", path, "--json", *options)
    same = run("check", path, "--output-format", "json", *options)

    held = json.loads(done.out)
    jsonschema.validate(held, json.loads(SCHEMA.read_text()))
    assert same.out == done.out
    assert (held["policy"], held["exit_status"]) == (policy, done.status)
    assert held["target"]["name"] == "debian-12-x86_64"
    assert list(held["answers"]) == list(QUESTIONS)


def test_the_schema_knows_what_the_program_knows() -> None:
    definitions = json.loads(SCHEMA.read_text())["$defs"]

    assert definitions["verdict"]["enum"] == list(VERDICTS)
    assert definitions["severity"]["enum"] == list(SEVERITIES)
    assert definitions["question"]["enum"] == list(QUESTIONS)


def test_every_verdict_is_explained_to_other_tools() -> None:
    assert list(EXPLAINED) == list(VERDICTS)
    assert all(each.what and each.remedy for each in EXPLAINED.values())


def test_sarif_has_a_rule_for_every_verdict_and_a_result_for_every_finding(
    run: Run, project: Project, contravened: Path
) -> None:
    options = ("--lock", project.lock, *TARGET, "--policy", "exact")
    done = run("check", contravened, "--output-format", "sarif", *options)

    log = json.loads(done.out)
    (ran,) = log["runs"]
    rules = ran["tool"]["driver"]["rules"]
    assert done.status == 1
    assert log["version"] == "2.1.0"
    assert [rule["id"] for rule in rules] == list(VERDICTS)
    for rule in rules:
        level = LEVELS[severity(rule["id"], "exact")]
        assert rule["defaultConfiguration"] == {"level": level}
        assert rule["help"]["text"]
    assert ran["results"]
    for result in ran["results"]:
        assert_result(result, rules)
    (greet,) = [each for each in ran["results"] if each["ruleId"] == "version-differs"]
    assert greet["level"] == "error"
    assert greet["message"]["text"].startswith("greet: 2.0 is installed")


def assert_result(result: dict[str, Any], rules: list[dict[str, Any]]) -> None:
    """Hold a result against what section 3.27 of the standard requires."""
    assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    assert result["level"] in {"none", "note", "warning", "error"}
    assert (result["kind"] == "pass") <= (result["level"] == "none")
    (location,) = result["locations"]
    assert location["physicalLocation"]["artifactLocation"]["uri"]


def test_what_is_missing_is_located_in_the_lock(
    run: Run, project: Project, incomplete: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project.lock.parent)
    options = ("--lock", project.lock, *TARGET, "--policy", "locked")
    done = run("check", incomplete, "--output-format", "sarif", *options)

    (missing,) = [
        each
        for each in json.loads(done.out)["runs"][0]["results"]
        if each["ruleId"] == "missing"
    ]
    (location,) = missing["locations"]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == project.lock.name


def test_junit_has_a_suite_for_each_question_and_a_case_for_each_distribution(
    run: Run, project: Project, contravened: Path
) -> None:
    options = ("--lock", project.lock, *TARGET, "--output-format", "junit")
    done = run("check", contravened, *options)

    root = ET.fromstring(done.out)
    suites = {suite.get("name"): suite for suite in root}
    agreement = suites["agreement"]
    cases = {case.get("name"): case for case in agreement}
    assert list(suites) == list(QUESTIONS)
    assert {"app", "greet"} == set(cases)
    assert (agreement.get("tests"), agreement.get("failures")) == ("2", "1")
    assert root.get("failures") == "1"
    failure = cases["greet"].find("failure")
    assert failure is not None
    assert failure.get("type") == "version-differs"
    assert cases["app"].find("failure") is None
    assert run("check", contravened, *options).out == done.out


@pytest.mark.parametrize("output_format", ["json", "sarif", "junit"])
def test_a_report_goes_to_a_file_and_the_table_to_the_terminal(
    run: Run, project: Project, contravened: Path, tmp_path: Path, output_format: str
) -> None:
    options = ("--lock", project.lock, *TARGET)
    printed = run("check", contravened, *options, "--output-format", output_format)
    table = run("check", contravened, *options)
    out = tmp_path / "report"

    done = run(
        "check", contravened, *options, "--output-format", output_format, "--output", out
    )

    assert out.read_text() == printed.out
    assert done.out == table.out
    assert done.status == table.status == 1
    assert [path.name for path in tmp_path.glob(".repackage-*")] == []


def test_a_table_goes_to_a_file_without_colours(
    run: Run, project: Project, contravened: Path, tmp_path: Path
) -> None:
    out = tmp_path / "report"
    done = run(
        "check", contravened, "--lock", project.lock, *TARGET, "-o", out, "--color", "always"
    )

    assert done.out == ""
    assert "\x1b" not in out.read_text()
    assert out.read_text().startswith("agreement: 1 error\n")


def test_a_report_that_cannot_be_written_is_an_error(
    run: Run, project: Project, tarball: Path, tmp_path: Path
) -> None:
    out = tmp_path / "no/such/directory/report"

    done = run("check", tarball, "--lock", project.lock, *TARGET, "-o", out)

    assert done.status == 8
    assert "cannot be written" in done.err


def test_one_of_several_directories_may_be_judged(
    run: Run, project: Project, tmp_path: Path
) -> None:
    root = tmp_path / "root"
    assert run("-f", "tar", *project.options, "--stage-dir", root).status == 0
    stray = root / "opt/other/lib/python3.11/site-packages/greet-1.0.dist-info"
    stray.mkdir(parents=True)
    (stray / "METADATA").write_text("Metadata-Version: 2.1\nName: greet\nVersion: 1.0\n")
    options = ("--lock", project.lock, *TARGET)

    one = run("check", root, *options, "--site", "usr/lib/app/lib/python3.11/site-packages")
    other = run("check", root, *options, "--site", "opt/other/lib/python3.11/site-packages/")
    none = run("check", root, *options, "--site", "opt")

    assert one.status == 0, one.out + one.err
    assert other.status == 1
    assert none.status == 2
    assert "'opt'" in none.err
    assert "usr/lib/app/lib/python3.11/site-packages" in none.err


def test_a_zip_of_a_root_is_judged_as_the_root_is(
    run: Run, project: Project, tmp_path: Path
) -> None:
    root = tmp_path / "root"
    assert run("-f", "tar", *project.options, "--stage-dir", root).status == 0
    packed = tmp_path / "function.archive"
    with zipfile.ZipFile(packed, "w") as archive:
        for path in sorted(root.rglob("*")):
            if path.is_file() and not path.is_symlink():
                archive.write(path, path.relative_to(root))

    done = run("check", packed, "--lock", project.lock, *TARGET)

    assert done.status == 0, done.out + done.err
    assert "format:" in run("inspect", packed).out


def test_the_target_of_a_venv_is_its_own_interpreter(
    run: Run, project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("platform.libc_ver", lambda: ("glibc", "2.36"))
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    text = project.lock.read_text()
    marked = """{ name = "greet", marker = "python_full_version >= '3.11.5'" }"""
    project.lock.write_text(
        text.replace('dependencies = [{ name = "greet" }]', f"dependencies = [{marked}]")
    )
    venv = tmp_path / "venv"
    site = venv / "lib/python3.11/site-packages/app-1.0.dist-info"
    site.mkdir(parents=True)
    (site / "METADATA").write_text("Metadata-Version: 2.1\nName: app\nVersion: 1.0\n")

    findings = {}
    for version in ("version = 3.11.4", "version_info = 3.11.7"):
        (venv / "pyvenv.cfg").write_text(f"home = /usr/bin\n{version}\n")
        done = run("check", "-v", venv, "--lock", project.lock)
        findings[version] = done.out
        assert "target cp311-manylinux_2_36_x86_64 (told by pyvenv.cfg" in done.out

    assert ["missing"] not in [row[2:3] for row in words(findings["version = 3.11.4"])]
    assert ["missing"] in [row[2:3] for row in words(findings["version_info = 3.11.7"])]
