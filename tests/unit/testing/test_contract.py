"""The contract finds what it is there to find: each broken format fails its test."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

import pytest

from repackage.format import flat_layout
from repackage.testing import FormatContract, bare_tree, example_tree
from repackage.tree import File, Tree, inline_file
from repackage_formats import tar

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from repackage.format import Format, Layout, Plan
    from repackage.package import Package
    from repackage.target import Target
    from repackage.tree import Entry


class Sound:
    """A format that keeps the contract; the broken ones differ in one thing."""

    Options = tar.Options

    def layout(self, package: Package, target: Target, options: tar.Options) -> Layout:
        return tar.layout(package, target, options)

    def filename(self, plan: Plan[tar.Options]) -> str:
        return tar.filename(plan)

    def emit(self, plan: Plan[tar.Options], tree: Tree, out: Path) -> None:
        tar.emit(plan, tree, out)

    def read(self, artifact: Path) -> Iterator[Entry]:
        return tar.read(artifact)


def contract(broken: Sound) -> FormatContract:
    class Subject(FormatContract):
        format = cast("Format[Any]", broken)

    return Subject()


class Littering(Sound):
    def emit(self, plan: Plan[tar.Options], tree: Tree, out: Path) -> None:
        super().emit(plan, tree, out)
        (out.parent / "litter").touch()


def test_a_file_left_beside_the_artifact_is_found(tmp_path: Path) -> None:
    with pytest.raises(AssertionError):
        contract(Littering()).test_emit_creates_exactly_what_it_was_asked_to(tmp_path)


class Forgetful(Sound):
    def emit(self, plan: Plan[tar.Options], tree: Tree, out: Path) -> None:
        super().emit(plan, Tree(tree.entries[:-1]), out)


def test_a_lost_entry_is_found(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="missing or altered"):
        contract(Forgetful()).test_read_is_the_inverse_of_emit(example_tree, tmp_path)


class Executable(Sound):
    def emit(self, plan: Plan[tar.Options], tree: Tree, out: Path) -> None:
        changed = [replace(e, mode=0o755) if isinstance(e, File) else e for e in tree]
        super().emit(plan, Tree(tuple(changed)), out)


def test_a_changed_mode_is_found(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="missing or altered"):
        contract(Executable()).test_read_is_the_inverse_of_emit(bare_tree, tmp_path)


class Generous(Sound):
    def emit(self, plan: Plan[tar.Options], tree: Tree, out: Path) -> None:
        extra = inline_file("extra", b"", mtime=plan.epoch)
        super().emit(plan, Tree((*tree, extra)), out)


def test_an_entry_that_was_not_declared_is_found(tmp_path: Path) -> None:
    with pytest.raises(AssertionError):
        contract(Generous()).test_read_is_the_inverse_of_emit(bare_tree, tmp_path)


def test_an_entry_that_was_declared_is_welcome(tmp_path: Path) -> None:
    class Subject(FormatContract):
        format = cast("Format[Any]", Generous())

        def extra_paths(self, plan: Plan[Any], tree: Tree) -> frozenset[str]:  # noqa: ARG002 - the protocol's
            return frozenset({"extra"})

    Subject().test_read_is_the_inverse_of_emit(bare_tree, tmp_path)


class Stuttering(Sound):
    def read(self, artifact: Path) -> Iterator[Entry]:
        yield from tar.read(artifact)
        yield from tar.read(artifact)


def test_a_path_that_is_read_twice_is_found(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="a path occurs twice"):
        contract(Stuttering()).test_read_is_the_inverse_of_emit(bare_tree, tmp_path)


class Threaded(Sound):
    def emit(self, plan: Plan[tar.Options], tree: Tree, out: Path) -> None:
        super().emit(replace(plan, options=tar.Options(level=plan.jobs)), tree, out)


def test_bytes_that_depend_on_threads_are_found(tmp_path: Path) -> None:
    with pytest.raises(AssertionError):
        contract(Threaded()).test_threads_cannot_be_seen_in_the_bytes(example_tree, tmp_path)


class Clocked(Sound):
    def emit(self, plan: Plan[tar.Options], tree: Tree, out: Path) -> None:
        now = inline_file("now", b"", mtime=int(time.time()))
        super().emit(plan, Tree((*tree, now)), out)


class Located(Sound):
    def emit(self, plan: Plan[tar.Options], tree: Tree, out: Path) -> None:
        here = inline_file("here", os.fsencode(os.environ.get("TZ", "")), mtime=0)
        super().emit(plan, Tree((*tree, here)), out)


class Hashed(Sound):
    def emit(self, plan: Plan[tar.Options], tree: Tree, out: Path) -> None:
        order = sorted(tree, key=lambda entry: hash(entry.path))
        super().emit(plan, Tree(tuple(order)), out)


class ClockedContract(FormatContract):
    format = cast("Format[Any]", Clocked())


class LocatedContract(FormatContract):
    format = cast("Format[Any]", Located())


class HashedContract(FormatContract):
    format = cast("Format[Any]", Hashed())


@pytest.mark.parametrize("subject", [ClockedContract, LocatedContract, HashedContract])
def test_bytes_that_depend_on_the_surroundings_are_found(
    subject: type[FormatContract], tmp_path: Path
) -> None:
    with pytest.raises(AssertionError):
        subject().test_surroundings_cannot_be_seen_in_the_bytes(tmp_path)


class Constant(Sound):
    def filename(self, plan: Plan[tar.Options]) -> str:  # noqa: ARG002 - the protocol's
        return "package.tar.gz"


class Nested(Sound):
    def filename(self, plan: Plan[tar.Options]) -> str:
        return f"dist/{tar.filename(plan)}"


class Threadname(Sound):
    def filename(self, plan: Plan[tar.Options]) -> str:
        return f"{plan.jobs}-{tar.filename(plan)}"


@pytest.mark.parametrize("broken", [Constant, Nested, Threadname])
def test_a_bad_filename_is_found(broken: type[Sound]) -> None:
    with pytest.raises(AssertionError):
        contract(broken()).test_a_filename_follows_from_the_plan_and_is_a_plain_name()


class Absolute(Sound):
    def layout(self, package: Package, target: Target, options: tar.Options) -> Layout:
        return replace(tar.layout(package, target, options), purelib="/usr/lib")


class Fickle(Sound):
    calls = 0

    def layout(self, package: Package, target: Target, options: tar.Options) -> Layout:  # noqa: ARG002 - the protocol's
        self.calls += 1
        return replace(flat_layout(), purelib=f"lib{self.calls}")


@pytest.mark.parametrize("broken", [Absolute, Fickle])
def test_a_bad_layout_is_found(broken: type[Sound]) -> None:
    with pytest.raises(AssertionError):
        contract(broken()).test_a_layout_follows_from_its_arguments_and_is_relative()


class Misplaced(Sound):
    def layout(self, package: Package, target: Target, options: tar.Options) -> Layout:
        return replace(tar.layout(package, target, options), ledger="ledger.json")


class Climbing(Sound):
    def layout(self, package: Package, target: Target, options: tar.Options) -> Layout:
        path = "../share/repackage/app/ledger.json"
        return replace(tar.layout(package, target, options), ledger=path)


@pytest.mark.parametrize("broken", [Misplaced, Climbing])
def test_a_ledger_where_nobody_looks_is_found(broken: type[Sound]) -> None:
    with pytest.raises(AssertionError):
        contract(broken()).test_a_ledger_is_where_it_is_looked_for()


@dataclass
class Thawed:
    level: int = 1


@dataclass(frozen=True)
class Undocumented:
    level: int = 1
    """Documented."""
    other: int = 2


class ThawedOptions(Sound):
    Options = cast("type[tar.Options]", Thawed)


class UndocumentedOptions(Sound):
    Options = cast("type[tar.Options]", Undocumented)


def test_options_that_can_be_changed_are_found() -> None:
    with pytest.raises(pytest.fail.Exception):
        contract(ThawedOptions()).test_options_are_a_frozen_dataclass_with_defaults()


def test_an_undocumented_option_is_found() -> None:
    with pytest.raises(AssertionError, match="other"):
        contract(UndocumentedOptions()).test_every_option_has_a_type_and_a_documentation()


def test_a_module_that_lacks_a_name_is_found() -> None:
    class Subject(FormatContract):
        format = cast("Format[Any]", os)

    with pytest.raises(AssertionError):
        Subject().test_a_format_offers_the_five_names()


def test_a_sound_format_passes(tmp_path: Path) -> None:
    subject = contract(Sound())
    subject.test_a_format_offers_the_five_names()
    subject.test_a_ledger_is_where_it_is_looked_for()
    subject.test_read_is_the_inverse_of_emit(example_tree, tmp_path)
