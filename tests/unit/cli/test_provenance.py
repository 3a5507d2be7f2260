from __future__ import annotations

import hashlib
import io
import json
import tarfile
from typing import TYPE_CHECKING

import pytest

from repackage.ledger import from_json
from tests.wheels import WheelFactory

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.unit.build.project import Project
    from tests.unit.cli.conftest import Done

    Run = Callable[..., Done]

LEDGER = "usr/share/repackage/app/ledger.json"


@pytest.fixture
def tarball(run: Run, project: Project) -> Path:
    assert run("-f", "tar", *project.options).status == 0
    (made,) = project.out.iterdir()
    return made


def test_inspect_tells_what_an_artifact_was_packaged_from(run: Run, tarball: Path) -> None:
    lines = [line.split(maxsplit=1) for line in run("inspect", tarball).out.splitlines()]

    told = {line[0]: line[1] for line in lines if len(line) > 1}
    assert told["ledger:"] == LEDGER
    assert told["packaged"].startswith("from:  uv.lock sha256:")
    assert told["target:"] == "debian-12, Python 3.11.2"
    assert told["selection:"] == "the project itself"
    assert told["policy:"] == "locked"
    assert told["wheels:"] == "1 as locked"


def test_inspect_has_the_ledger_for_machines(run: Run, tarball: Path) -> None:
    (found,) = json.loads(run("inspect", "--json", tarball).out)["ledgers"]

    assert found["path"] == LEDGER
    ledger = from_json(json.dumps(found["ledger"]).encode(), where="")
    assert [entry.name for entry in ledger.entries] == ["app", "greet"]


def test_inspect_tells_of_a_ledger_that_cannot_be_read(run: Run, tmp_path: Path) -> None:
    broken = tmp_path / "broken.tar"
    with tarfile.open(broken, "w") as archive:
        info = tarfile.TarInfo(LEDGER)
        info.size = 2
        archive.addfile(info, io.BytesIO(b"{}"))

    done = run("inspect", broken)

    assert done.status == 0
    assert f"warning: {LEDGER}: schema: missing" in done.err


def test_diff_says_what_was_locked_anew(run: Run, project: Project, tarball: Path) -> None:
    before = tarball.rename(tarball.with_name("before.tar.gz"))
    newer = WheelFactory(project.wheelhouse)("greet", "2.1")
    text = project.lock.read_text()
    head, _, tail = text.partition('name = "greet"\nversion = "2.0"\n')
    kept = tail[tail.index("\n[[package]]") :]
    digest = hashlib.sha256(newer.read_bytes()).hexdigest()
    project.lock.write_text(
        f'{head}name = "greet"\nversion = "2.1"\n'
        'source = { registry = "https://index.example/simple" }\n'
        f'wheels = [{{ url = "https://files.example/{newer.name}", hash = "sha256:{digest}" }}]\n'
        f"{kept}"
    )
    assert run("-f", "tar", *project.options, "--extra", "loud").status == 0

    done = run("diff", before, tarball)
    as_json = json.loads(run("diff", "--json", before, tarball).out)

    assert "# greet (2.0 (greet-2.0-py3-none-any.whl sha256:" in done.out
    assert "is now 2.1 (greet-2.1-py3-none-any.whl sha256:" in done.out
    assert "# shout (3.0 (" in done.out
    assert (
        "# selection ('the project itself' is now 'the project itself, extra loud')" in done.out
    )
    assert "# lock (" in done.out
    changes = [each for each in as_json if each["change"] == "ledger"]
    assert [each["path"] for each in changes] == ["lock", "selection", "greet", "shout"]


def test_diff_of_equal_decisions_says_nothing_of_them(run: Run, tarball: Path) -> None:
    assert "#" not in run("diff", tarball, tarball).out
