"""What needs to be built in a store is refused, with the reason, all at once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from packaging.tags import Tag

from repackage.errors import FormatError
from repackage.lock import LockedFile
from repackage.target import Windows
from repackage.testing import example_plan
from repackage_formats.nix_store import nix_cache, nix_closure
from tests.elves import make_elf
from tests.formats.nix_store.made import HASH, cache, closure, planned, with_files

if TYPE_CHECKING:
    from collections.abc import Callable


def test_everything_that_is_not_pure_is_told_before_anything_is_fetched() -> None:
    plan = example_plan(nix_closure)
    (pin,) = plan.closure.pins
    wheel = "dependency-2.0-cp311-cp311-manylinux_2_17_x86_64.whl"
    assert isinstance(pin.artifact, LockedFile)
    root = replace(plan.closure.root, tags=frozenset({Tag("py3", "none", "linux_x86_64")}))
    bound = replace(
        plan.closure,
        root=root,
        pins=(replace(pin, artifact=replace(pin.artifact, filename=wheel)),),
        machine_bound=True,
    )

    with pytest.raises(FormatError) as caught:
        nix_closure.filename(replace(plan, closure=bound))

    root_problem, pin_problem, markers = caught.value.problems
    assert "example-1.0-py3-none-any.whl is made for one kind of machine" in root_problem.what
    assert wheel in pin_problem.what
    assert "the format nix builds where it is installed" in pin_problem.advice
    assert "markers choose other distributions" in markers.what


def test_there_is_no_store_on_windows() -> None:
    plan = planned()
    windows = replace(plan, target=replace(plan.target, system=Windows()))

    with pytest.raises(FormatError, match="there is no Nix on Windows"):
        nix_cache.filename(windows)


@pytest.mark.parametrize("name", ["python3.12", "python3.12t", "pypy3.10"])
def test_an_interpreter_of_another_version_is_refused(name: str) -> None:
    options = nix_cache.Options(interpreter=f"/nix/store/{HASH}-python/bin/{name}")

    with pytest.raises(FormatError, match=r"the interpreter is a Python 3.1\d, and"):
        nix_cache.filename(planned(options))


@pytest.mark.parametrize("name", ["python3.11", "python3", "python"])
def test_an_interpreter_of_the_targets_version_or_none_is_taken(name: str) -> None:
    options = nix_cache.Options(interpreter=f"/nix/store/{HASH}-python/bin/{name}")

    assert nix_cache.filename(planned(options))


@pytest.mark.parametrize("make", [cache, closure])
def test_machine_code_is_refused_however_its_wheel_is_called(
    make: Callable[..., Path], tmp_path: Path
) -> None:
    mac = b"\xcf\xfa\xed\xfe" + bytes(99)
    staged = with_files({"fast.so": make_elf(), "mac.dylib": mac, "text": b"\x7fEL"})

    with pytest.raises(FormatError) as caught:
        make(tmp_path, staged=staged)

    assert [Path(problem.where).name for problem in caught.value.problems] == [
        "fast.so",
        "mac.dylib",
    ]
    assert all("is machine code" in problem.what for problem in caught.value.problems)


def test_machine_code_that_is_only_carried_along_is_declared(tmp_path: Path) -> None:
    staged = with_files({"testdata/fast.so": make_elf(), "testdata/mac": b"\xcf\xfa\xed\xfe\0"})
    options = nix_cache.Options(foreign=("**/testdata/*",))

    assert cache(tmp_path, options, staged=staged).is_dir()
