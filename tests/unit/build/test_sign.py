"""What is built is signed before anybody sees it; what was built before, in its place."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from repackage import backend, registry
from repackage.build import build, sign
from repackage.build._sign import ADVICE
from repackage.errors import InputError, OutputError, SigningError, UsageError
from repackage.signing import GpgSigner, SigningOptions
from tests.keys import keyring
from tests.packets import FakeSigner
from tests.unit.build.heard import Heard

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from repackage.format import Reader
    from tests.unit.build.project import Project

RPM = "app-1.0.0-1.el10.noarch.rpm"
EL10 = {"flags": {"target": "el10"}}


def described(path: Path) -> str:
    return str(registry.load("rpm").describe(path)["Signature"])  # type: ignore[attr-defined]  # rpm has it


@dataclass
class FakeReader:
    """A format that is signed by what a test wants."""

    error: Exception | None = None

    def read(self, artifact: Path) -> Iterator[object]:
        return iter((artifact,))

    def sign(self, artifact: Path, signer: FakeSigner) -> None:
        artifact.write_bytes(artifact.read_bytes() + signer.sign(b"", date=0))
        if self.error is not None:
            raise self.error


def entry(path: Path, *, error: Exception | None = None) -> tuple[Path, str, Reader]:
    path.write_bytes(b"artifact ")
    reader: Reader = FakeReader(error)  # type: ignore[assignment]  # nothing reads it
    return path, "fake", reader


def test_what_is_built_is_signed(project: Project) -> None:
    plain, heard, signer = project.request("rpm", **EL10), Heard([]), FakeSigner()
    (unsigned,) = build(plain)
    before = unsigned.path.read_bytes()
    (artifact,) = build(replace(plain, signer=signer), events=heard)
    after = artifact.path.read_bytes()

    assert described(artifact.path).startswith("EdDSA/SHA256")
    assert len(signer.given) == 1
    assert before[4504:] == after[4504:]
    assert before != after
    assert f"step signing {RPM}" in heard.said
    assert project.left_behind() == [RPM]


def test_a_format_that_has_no_signatures_is_refused_before_work(project: Project) -> None:
    asked = replace(project.request("tar", "rpm", "deb", **EL10), signer=FakeSigner())

    with pytest.raises(SigningError, match="'tar' can be signed") as caught:
        build(asked)
    assert len(caught.value.problems) == 2
    assert not project.out.exists()


def test_if_it_cannot_be_signed_nothing_is_written(project: Project) -> None:
    with pytest.raises(SigningError, match=f"^{RPM}: there is no signature"):
        build(replace(project.request("rpm", **EL10), signer=FakeSigner(returns=b"")))
    assert project.left_behind() == []


def test_artifacts_are_signed_in_their_places(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("a.fake", "b.fake")]
    paths[0].touch(mode=0o600)
    found = sign([entry(path) for path in paths], FakeSigner(returns=b"signed"))

    assert [path.read_bytes() for path in paths] == [b"artifact signed"] * 2
    assert [each.path for each in found] == paths
    assert [each.size for each in found] == [15, 15]
    assert stat.S_IMODE(paths[0].stat().st_mode) == 0o600
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.fake", "b.fake"]


def test_a_link_to_an_artifact_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "pool").mkdir()
    made = entry(tmp_path / "pool/a.fake")
    link = tmp_path / "latest.fake"
    link.symlink_to("pool/a.fake")
    sign([(link, *made[1:])], FakeSigner(returns=b"signed"))

    assert link.is_symlink()
    assert made[0].read_bytes() == b"artifact signed"


def test_if_one_cannot_be_signed_none_is_and_all_is_told(tmp_path: Path) -> None:
    one, two, three, four = (tmp_path / name for name in "1234")
    artifacts = [
        entry(one),
        entry(two, error=InputError.of("is altered")),
        entry(three, error=SigningError.of("is refused", where="the key")),
        (entry(four)[0], "tar", registry.load("tar")),
    ]

    with pytest.raises(SigningError) as caught:
        sign(artifacts, FakeSigner())
    assert [str(each) for each in caught.value.problems] == [
        f"{two}: is altered",
        f"{three}: the key: is refused",
        f"{four}: cannot be signed ({ADVICE})",
    ]
    assert {path.read_bytes() for path in tmp_path.iterdir()} == {b"artifact "}
    assert len(list(tmp_path.iterdir())) == 4


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_directory_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    made = entry(tmp_path / "a.fake")
    tmp_path.chmod(0o555)
    try:
        with pytest.raises(OutputError, match="cannot be written"):
            sign([made], FakeSigner())
    finally:
        tmp_path.chmod(0o755)


def test_what_contradicts_itself_is_told_before_work(project: Project) -> None:
    with pytest.raises(UsageError, match="sign-command needs sign-public-key"):
        project.request("rpm", settings={"sign-command": "true"}, **EL10)


@pytest.mark.native("gpg", "gpgconf")
def test_a_hook_signs(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPACKAGE_CACHE_DIR", str(project.cache))
    with keyring() as keys:
        monkeypatch.setenv("GNUPGHOME", str(keys.home))
        fingerprint = keys.make("hook")
        settings = {
            "target": "el10",
            "offline": "true",
            "find-links": [str(project.wheelhouse)],
            "sign-key": fingerprint,
        }
        name = backend.build_rpm(project.wheel, project.lock, project.out, settings)
        request = project.request("rpm", signing=SigningOptions(keys=(fingerprint,)), **EL10)

    assert fingerprint[-16:].lower() in described(project.out / name)
    assert isinstance(request.signer, GpgSigner)


def test_a_table_does_not_say_who_signs(project: Project) -> None:
    table = project.directory / "pyproject.toml"
    table.write_text('[tool.repackage]\nsign-key = "A"\n')

    with pytest.raises(InputError, match="sign-key"):
        project.request("rpm", **EL10)
