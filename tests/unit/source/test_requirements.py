"""What back ends require: from directories and indexes, held to the lock's constraints."""

from __future__ import annotations

import hashlib
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from repackage.source import Sdist, _environment
from tests.integration.simple_index import serving, write_index
from tests.unit.source.projects import Source
from tests.wheels import WheelFactory

if TYPE_CHECKING:
    from tests.unit.source.conftest import Building


def uv() -> str | None:
    return shutil.which("uv", path=str(Path(sys.executable).parent)) or shutil.which("uv")


@pytest.fixture(params=["uv", "pip"], autouse=True)
def installer(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of the programs that may install requirements."""
    names = ["UV_INDEX", "UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_EXTRA_INDEX_URL"]
    for name in (*names, "PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    if request.param == "uv":
        if uv() is None:
            pytest.skip("uv is not installed")
        monkeypatch.setattr(_environment, "_uv", uv)
        return
    if find_spec("pip") is None:
        pytest.skip("pip is not installed")
    monkeypatch.setattr(_environment, "_uv", lambda: None)


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """Two versions of what the back end imports."""
    factory = WheelFactory(tmp_path / "house")
    for version in ("1.0", "2.0"):
        factory("helper", version, files={"helper.py": f"version = {version!r}\n"})
    return factory.directory


@pytest.fixture
def told(tmp_path: Path) -> Path:
    return tmp_path / "told"


@pytest.fixture
def sdist(tmp_path: Path, told: Path) -> Sdist:
    source = Source(
        requires=("helper",),
        before=f"import helper; open({str(told)!r}, 'w').write(helper.version)",
    )
    return Sdist(path=source.sdist(tmp_path / "sdist"))


def test_offline_they_come_from_directories(
    building: Building, sdist: Sdist, house: Path, told: Path
) -> None:
    building.using(offline=True, find_links=(house,))(sdist)

    assert told.read_text() == "2.0"


def test_what_the_back_end_asks_for_itself_is_installed_too(
    building: Building, tmp_path: Path, house: Path
) -> None:
    source = Source(dynamic_requires=("helper; python_version >= '3'",), before="import helper")

    offline = building.using(offline=True, find_links=(house,))

    assert offline(Sdist(path=source.sdist(tmp_path))).name == "lib"


def test_constraints_of_the_lock_are_kept(
    building: Building, sdist: Sdist, house: Path, told: Path
) -> None:
    offline = building.using(offline=True, find_links=(house,))

    offline.using(constraints=("helper<2",))(sdist)

    assert told.read_text() == "1.0"
    assert "cannot be installed (helper)" in offline.using(constraints=("helper>2",)).fails(
        sdist
    )


def test_so_are_their_hashes(building: Building, sdist: Sdist, house: Path, told: Path) -> None:
    offline = building.using(offline=True, find_links=(house,))
    wheel = (house / "helper-1.0-py3-none-any.whl").read_bytes()
    right = hashlib.sha256(wheel).hexdigest()
    if _environment._uv() is None:
        hashed = offline.using(constraints=(f"helper==1.0 --hash=sha256:{right}",))
        assert "pip cannot keep to them (install uv, which does)" in hashed.fails(sdist)
        return

    offline.using(constraints=(f"helper==1.0 --hash=sha256:{right}",))(sdist)

    assert told.read_text() == "1.0"
    wrong = offline.using(constraints=(f"helper==1.0 --hash=sha256:{'0' * 64}",))
    assert "cannot be installed (helper)" in wrong.fails(sdist)


def test_indexes_of_the_project_are_asked(
    building: Building, sdist: Sdist, house: Path, told: Path, tmp_path: Path
) -> None:
    write_index(house, tmp_path / "index")

    with serving(tmp_path / "index") as served:
        building.using(indexes=(f"{served.url}/simple",))(sdist)

    assert told.read_text() == "2.0"


@pytest.mark.parametrize("named", ["UV_DEFAULT_INDEX", "UV_INDEX_URL"])
def test_an_index_of_the_environment_takes_the_place_of_the_project_s(
    building: Building,
    sdist: Sdist,
    house: Path,
    told: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    named: str,
) -> None:
    write_index(house, tmp_path / "index")

    with serving(tmp_path / "index") as served:
        monkeypatch.setenv(named, f"{served.url}/simple")
        monkeypatch.setenv("PIP_INDEX_URL", f"{served.url}/simple")
        building.using(indexes=("http://127.0.0.1:9/simple",))(sdist)

    assert told.read_text() == "2.0"


def test_they_are_installed_for_the_build_wherever_else_the_user_installs(
    building: Building,
    sdist: Sdist,
    house: Path,
    told: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    elsewhere = str(tmp_path / "elsewhere")
    settings = tmp_path / "pip.conf"
    settings.write_text("[global]\nuser = true\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(settings))
    for name in ("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_PYTHON"):
        monkeypatch.setenv(name, elsewhere)
    for name in ("PIP_USER", "PIP_REQUIRE_HASHES", "UV_REQUIRE_HASHES", "UV_SYSTEM_PYTHON"):
        monkeypatch.setenv(name, "1")

    building.using(offline=True, find_links=(house,))(sdist)

    assert told.read_text() == "2.0"
    assert not Path(elsewhere).exists()
