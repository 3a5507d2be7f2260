"""From a source to a wheel, in isolation; the back ends are in the trees."""

from __future__ import annotations

import threading
import time
import zipfile
from dataclasses import replace
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

from repackage.source import (
    Builder,
    Directory,
    Sdist,
    Stopped,
    _environment,
    interpreter_for,
)
from repackage.target import Python, free_target
from tests.unit.source.conftest import TARGET, Building, order
from tests.unit.source.projects import DATE, Source, listing
from tests.wheels import WheelFactory

if TYPE_CHECKING:
    from pathlib import Path

    from repackage.wheel import Wheel


def content(wheel: Wheel, member: str) -> str:
    with zipfile.ZipFile(wheel.path) as archive:
        return archive.read(member).decode()


@pytest.mark.parametrize("suffix", [".tar.gz", ".zip"])
def test_an_sdist_becomes_a_wheel(building: Building, tmp_path: Path, suffix: str) -> None:
    wheel = building(Sdist(path=Source().sdist(tmp_path, suffix=suffix)))

    assert (wheel.name, str(wheel.version)) == ("lib", "1.0")
    assert content(wheel, "lib/__init__.py") == "answer = 42\n"


def test_a_subdirectory_of_an_sdist_is_built(building: Building, tmp_path: Path) -> None:
    sdist = Source().sdist(tmp_path, below="python/")

    assert building(Sdist(path=sdist, subdirectory="python")).name == "lib"
    assert "no pyproject.toml or setup.py" in building.fails(Sdist(path=sdist))
    assert "there is no 'other'" in building.fails(Sdist(path=sdist, subdirectory="other"))
    assert "leads out of" in building.fails(Sdist(path=sdist, subdirectory=".."))


def test_the_newest_date_of_an_sdist_is_the_epoch(building: Building, tmp_path: Path) -> None:
    wheel = building(Sdist(path=Source().sdist(tmp_path)))

    assert wheel.newest == DATE
    assert f"SOURCE_DATE_EPOCH={DATE}" in content(wheel, "lib/env.txt")


def test_a_back_end_sees_no_secrets_and_no_repository_of_ours(
    building: Building, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_INDEX_X_PASSWORD", "secret")
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    monkeypatch.setenv("TZ", "Asia/Tokyo")

    wheel = building(Sdist(path=Source().sdist(tmp_path)))

    seen = content(wheel, "lib/env.txt")
    assert "secret" not in seen
    assert "GIT_DIR" not in seen
    assert "TZ=UTC" in seen


@pytest.mark.native("cc")
def test_machine_code_does_not_tell_where_it_was_compiled(
    building: Building, tmp_path: Path
) -> None:
    compiling = (
        "import os, shlex, subprocess; open('a.c', 'w').write('const char *file = __FILE__;'); "
        "flags = shlex.split(os.environ['CFLAGS']); "
        "subprocess.run(['cc', '-g', '-c', *flags, os.path.abspath('a.c'), '-o', 'a.o'], "
        "check=True); open('src.py', 'w').write(open('a.o', 'rb').read().hex())"
    )
    sdist = Sdist(path=Source(before=compiling).sdist(tmp_path))
    other = replace(building, store=building.store.open(tmp_path / "other"))

    compiled = building(sdist)

    assert str(tmp_path).encode().hex() not in content(compiled, "lib/__init__.py")
    assert compiled.sha256 == other(sdist).sha256


def test_a_back_end_finds_programs_where_no_path_is_said(
    building: Building, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PATH")
    source = Source(before="import subprocess; subprocess.run(['true'], check=True)")

    assert building(Sdist(path=source.sdist(tmp_path))).name == "lib"


def test_equal_sources_give_equal_wheels(tmp_path: Path, building: Building) -> None:
    sdist = Sdist(path=Source().sdist(tmp_path))
    other = replace(building, store=building.store.open(tmp_path / "other"))

    assert building(sdist).sha256 == other(sdist).sha256


def test_what_was_built_once_is_not_built_again(building: Building, tmp_path: Path) -> None:
    log = tmp_path / "runs"
    source = Source(before=f"open({str(log)!r}, 'a').write('x')")
    sdist = Sdist(path=source.sdist(tmp_path / "a"))
    tree = Directory(path=source.write(tmp_path / "tree"))

    first, again = building(sdist), building(sdist)
    building(tree)
    building(tree)

    assert first.path == again.path
    assert log.read_text() == "xx"
    (tmp_path / "tree/src.py").write_text("answer = 43\n")
    assert content(building(tree), "lib/__init__.py") == "answer = 43\n"
    assert log.read_text() == "xxx"
    building.using(constraints=("setuptools==70.0",))(sdist)
    assert log.read_text() == "xxxx"


def test_a_wheel_that_the_store_lost_is_built_again(building: Building, tmp_path: Path) -> None:
    sdist = Sdist(path=Source().sdist(tmp_path))
    building(sdist).path.unlink()

    assert building(sdist).path.exists()


def test_building_a_tree_leaves_it_as_it_was(building: Building, tmp_path: Path) -> None:
    tree = Source(files={"lib.egg-info/SOURCES.txt": "stale"}).write(tmp_path / "tree")
    (tree / ".venv").mkdir()
    (tree / ".venv/pyvenv.cfg").write_text("")
    before = listing(tree)

    wheel = building.using(epoch=DATE)(Directory(path=tree))

    assert listing(tree) == before
    assert wheel.newest == DATE


def test_the_version_of_a_tree_is_information(building: Building, tmp_path: Path) -> None:
    tree = Directory(path=Source(version="1.1").write(tmp_path / "tree"))

    assert str(building(tree, version="1.0").version) == "1.1"
    assert str(building(tree, version=None).version) == "1.1"


def test_a_local_version_need_not_be_built(building: Building, tmp_path: Path) -> None:
    sdist = Sdist(path=Source().sdist(tmp_path))

    assert str(building(sdist, version="1.0+cu1").version) == "1.0"


@pytest.mark.parametrize("source", [Source(name="other"), Source(version="2.0")])
def test_a_back_end_that_builds_something_else_is_refused(
    building: Building, tmp_path: Path, source: Source
) -> None:
    made = source.sdist(tmp_path)

    message = building.fails(Sdist(path=made))

    assert "lib 1.0 is locked, and" in message
    assert f"{source.name} {source.version} was built from the sdist {made.name}" in message


def test_a_back_end_that_fails_is_quoted(building: Building, tmp_path: Path) -> None:
    source = Source(before="raise SystemExit('no compiler \\x1b[31m here')")

    message = building.fails(Sdist(path=source.sdist(tmp_path)))

    assert (
        "lib 1.0 cannot be built from the sdist lib-1.0.tar.gz: the back end failed: "
        in message
    )
    assert " ended with status 1 (supply" in message
    assert "the end of its log:\n" in message
    assert "the back end is at work" in message
    assert "no compiler" in message
    assert "supply a wheel of it with --find-links" in message


def test_what_a_back_end_warns_of_is_for_its_log_alone(
    building: Building, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    source = Source(before="import warnings; warnings.warn('this is deprecated')")

    building(Sdist(path=source.sdist(tmp_path)))

    assert capfd.readouterr() == ("", "")


def test_a_back_end_that_is_not_there_is_said(building: Building, tmp_path: Path) -> None:
    files = {"pyproject.toml": '[build-system]\nrequires = []\nbuild-backend = "nothing"\n'}

    message = building.fails(Sdist(path=Source(files=files).sdist(tmp_path)))

    assert "Backend 'nothing' is not available" in message


def test_a_table_that_cannot_be_read_is_said(building: Building, tmp_path: Path) -> None:
    for text in ("[build-system]\nrequires = 1\n", "[[["):
        message = building.fails(
            Sdist(path=Source(files={"pyproject.toml": text}).sdist(tmp_path))
        )

        assert "lib 1.0 cannot be built from the sdist" in message


def test_something_that_is_no_wheel_is_refused(building: Building, tmp_path: Path) -> None:
    source = Source(
        before="open(wheel_directory + '/lib-1.0-py3-none-any.whl', 'w').write('no');"
        " return 'lib-1.0-py3-none-any.whl'"
    )

    message = building.fails(Sdist(path=source.sdist(tmp_path)))

    assert "what the back end of lib 1.0 built is not a wheel that can be installed" in message


def test_a_file_that_was_not_built_is_refused(building: Building, tmp_path: Path) -> None:
    source = Source(before="return '../../../etc/hostname'")

    assert "the back end of lib 1.0" in building.fails(Sdist(path=source.sdist(tmp_path)))


def test_a_requirement_that_cannot_be_read_is_refused(
    building: Building, tmp_path: Path
) -> None:
    for source in (Source(requires=("--index-url=x",)), Source(dynamic_requires=("a b c",))):
        message = building.fails(Sdist(path=source.sdist(tmp_path)))

        assert "to be built: Expected" in message


def test_a_requirement_that_the_lock_has_as_a_tree_is_never_looked_up(
    building: Building, tmp_path: Path
) -> None:
    sdist = Source(requires=("Our_Plugin>=1",)).sdist(tmp_path)

    message = building.using(own=frozenset({"our-plugin"})).fails(Sdist(path=sdist))

    assert "requires 'Our_Plugin' to be built, which no index has" in message


def test_offline_the_requirements_must_be_at_hand(building: Building, tmp_path: Path) -> None:
    sdist = Source(requires=("nothing-has-this-name",)).sdist(tmp_path)

    message = building.using(offline=True).fails(Sdist(path=sdist))

    assert "cannot be installed (nothing-has-this-name)" in message
    assert "with --offline, wheels of them must be in a directory of --find-links" in message


@pytest.mark.skipif(find_spec("ensurepip") is None, reason="ensurepip is not installed")
def test_without_uv_and_pip_the_interpreter_s_own_pip_installs(
    building: Building, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_environment, "_uv", lambda: None)
    monkeypatch.setattr(_environment, "_has_pip", lambda: False)
    helper = WheelFactory(tmp_path / "house")("helper", files={"helper.py": ""})
    source = Source(requires=("helper",), before="import helper")

    offline = building.using(offline=True, find_links=(helper.parent,))

    assert offline(Sdist(path=source.sdist(tmp_path))).name == "lib"


def test_machine_code_for_another_machine_is_refused(
    building: Building, tmp_path: Path
) -> None:
    target = free_target(python="3.12", platform="manylinux_2_28_aarch64")
    foreign = replace(building, target=target)
    sdist = Sdist(path=Source(tag="cp312-cp312-linux_x86_64").sdist(tmp_path))

    message = foreign.fails(sdist)

    assert "lib 1.0 has no wheel for cp312-manylinux_2_28_aarch64" in message
    assert "lib-1.0-cp312-cp312-linux_x86_64.whl is for this machine only" in message
    assert foreign(Sdist(path=Source().sdist(tmp_path / "pure"))).name == "lib"


def test_the_python_that_is_missing_here_is_named(building: Building, tmp_path: Path) -> None:
    running = interpreter_for(Python(major=3, minor=99))
    if running.libc[0] != "glibc":
        pytest.skip("only glibc tells which targets are like this machine")
    arch = running.platform.partition("-")[2]
    platform = f"manylinux_{running.libc[1].replace('.', '_')}_{arch}"
    missing = free_target(python="3.99", platform=platform)
    sdist = Sdist(path=Source(tag=f"cp312-cp312-linux_{arch}").sdist(tmp_path))

    message = replace(building, target=missing).fails(sdist)

    assert "install 'python3.99' with its headers, and have it on the PATH; or" in message


def test_machine_code_for_this_machine_is_taken(building: Building, tmp_path: Path) -> None:
    running = interpreter_for(TARGET.python)
    major, minor, _ = running.version
    arch = running.platform.partition("-")[2]
    libc = running.libc[1].replace(".", "_")
    tag = f"cp{major}{minor}-cp{major}{minor}-linux_{arch}"
    sdist = Sdist(path=Source(tag=tag).sdist(tmp_path))

    here = free_target(python=f"{major}.{minor}", platform=f"manylinux_{libc}_{arch}")
    older = free_target(python=f"{major}.{minor}", platform=f"manylinux_2_17_{arch}")

    assert replace(building, target=here)(sdist).name == "lib"
    assert "is for this machine only" in replace(building, target=older).fails(sdist)


def test_an_interrupt_ends_the_back_end_and_clears_away(
    building: Building, tmp_path: Path
) -> None:
    started = tmp_path / "started"
    source = Source(
        before=f"import subprocess; subprocess.Popen(['sleep', '60']);"
        f" open({str(started)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    )
    stop = threading.Event()
    builder = Builder(
        store=building.store, target=TARGET, settings=building.settings, stop=stop
    )
    raised: list[BaseException] = []

    def work() -> None:
        try:
            builder(order(Sdist(path=source.sdist(tmp_path))))
        except BaseException as error:  # noqa: BLE001 - told to the test
            raised.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    while not started.exists() or not started.read_text():
        time.sleep(0.01)
    stop.set()
    thread.join(10)

    assert isinstance(raised[0], Stopped)
    assert list(building.store.scratch_directory.iterdir()) == []
    group = int(started.read_text())
    assert not alive(group)


def alive(process: int) -> bool:
    from pathlib import Path

    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"
