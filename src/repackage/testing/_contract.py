"""What every format keeps, as tests; formats of this project and of strangers alike."""

# ruff: noqa: S101 - these are tests

from __future__ import annotations

import importlib
import os
import subprocess
import sys
import time
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from repackage.config import json_schema, options_of
from repackage.format import Format, Logbook, ReadsLogged
from repackage.ledger import is_ledger
from repackage.testing._examples import example_plan
from repackage.testing._trees import bare_tree, example_tree, odd_tree
from repackage.tree import Directory, File, Symlink

if TYPE_CHECKING:
    from collections.abc import Callable

    from repackage.format import Layout, Plan
    from repackage.tree import Entry, Tree

TREES = (example_tree, odd_tree, bare_tree)
_CHILD = "import sys, repackage.testing._contract as c; c.emit_elsewhere(*sys.argv[1:])"


class FormatContract:
    """Subclass it in a test module, set ``format``, and run pytest.

    Override ``options`` to test other than the defaults, ``extra_paths`` if the format
    installs more than the tree, ``facts`` if its container cannot hold all of an entry.
    """

    format: ClassVar[Format[Any]]

    def options(self) -> Any:
        """Make the options to test with."""
        return self.format.Options()

    def extra_paths(
        self,
        plan: Plan[Any],  # noqa: ARG002 - for subclasses
        tree: Tree,  # noqa: ARG002 - likewise
    ) -> frozenset[str]:
        """Name the paths that the format adds of its own, directories included."""
        return frozenset()

    def facts(self, entry: Entry) -> tuple[object, ...]:
        """Say what of an entry survives in the container; the path comes first."""
        match entry:
            case File(mode=mode, mtime=mtime, size=size, digests=digests):
                return (entry.path, "file", mode, mtime, size, digests.sha256)
            case Directory(mtime=mtime):
                return (entry.path, "directory", mtime)
            case Symlink(target=target, mtime=mtime):
                return (entry.path, "symlink", target, mtime)

    def plan(self, *, version: str = "1.0", jobs: int = 1) -> Plan[Any]:
        """Plan the example application."""
        return example_plan(self.format, self.options(), version=version, jobs=jobs)

    # --- the five names

    def test_a_format_offers_the_five_names(self) -> None:
        """A format satisfies the protocol."""
        assert isinstance(self.format, Format)

    def test_options_are_a_frozen_dataclass_with_defaults(self) -> None:
        """``Options()`` works, is a value, and equals itself."""
        options = self.format.Options

        assert is_dataclass(options)
        assert options() == options()
        for field in fields(options):
            with pytest.raises(AttributeError):
                setattr(options(), field.name, None)

    def test_every_option_has_a_type_and_a_documentation(self) -> None:
        """What ``repackage schema`` and the documentation need is there."""
        undocumented = [o.key for o in options_of(self.format.Options) if not o.documentation]

        assert not undocumented
        assert json_schema(self.format.Options)

    def test_a_layout_follows_from_its_arguments_and_is_relative(self) -> None:
        """Equal arguments give an equal layout; paths are those of a tree."""
        plan = self.plan()
        layout = self.format.layout(plan.package, plan.target, plan.options)
        paths = [layout.purelib, layout.platlib, layout.scripts, layout.headers, layout.data]

        assert layout == plan.layout
        assert not [path for path in paths if path.startswith("/") or path.endswith("/")]

    def test_a_ledger_is_where_it_is_looked_for(self) -> None:
        """A layout without a ledger is fine; with one, it has the place of ledgers."""
        ledger = self.plan().layout.ledger

        assert not ledger or is_ledger(ledger)
        assert not {"", ".", ".."} & set(ledger.split("/")) or not ledger

    def test_a_filename_follows_from_the_plan_and_is_a_plain_name(self) -> None:
        """The same plan gives the same name, another version another one."""
        name = self.format.filename(self.plan())

        assert name == self.format.filename(self.plan(jobs=4))
        assert name != self.format.filename(self.plan(version="1.0.1"))
        assert name == Path(name).name
        assert name.isascii()
        assert name.isprintable()
        assert not name.startswith((".", "-"))
        assert len(name) <= 255  # noqa: PLR2004 - what file systems allow

    # --- emit and read

    def test_emit_creates_exactly_what_it_was_asked_to(self, tmp_path: Path) -> None:
        """Nothing is left beside the artifact, which may have any name."""
        self._emit(example_tree, tmp_path / "scratch name")

        assert [path.name for path in tmp_path.iterdir()] == ["scratch name"]

    @pytest.mark.parametrize("staged", TREES)
    def test_read_is_the_inverse_of_emit(
        self, staged: Callable[[Layout], Tree], tmp_path: Path
    ) -> None:
        """Every entry comes back as it was; what comes besides is declared."""
        plan = self.plan()
        tree = staged(plan.layout)
        self._emit(staged, tmp_path / "artifact")
        back = [self.facts(entry) for entry in self.format.read(tmp_path / "artifact")]
        expected = {self.facts(entry) for entry in tree}
        paths = {entry.path for entry in tree}

        assert not expected - set(back), "missing or altered"
        assert len(back) == len({facts[0] for facts in back}), "a path occurs twice"
        assert {facts[0] for facts in back} - paths == self.extra_paths(plan, tree) - paths

    @pytest.mark.parametrize("staged", TREES)
    def test_what_is_read_by_its_logbook_is_what_is_read(
        self, staged: Callable[[Layout], Tree], tmp_path: Path
    ) -> None:
        """A format that notes what it writes where reads the same with the notes as without."""
        if not isinstance(self.format, ReadsLogged):
            return
        logbook = Logbook()
        plan = replace(self.plan(), logbook=logbook)
        self.format.emit(plan, staged(plan.layout), tmp_path / "artifact")
        if logbook.stretches:
            back = [self.facts(each) for each in self.format.read(tmp_path / "artifact")]
            logged = self.format.read_logged(tmp_path / "artifact", logbook)

            assert sorted(map(repr, map(self.facts, logged))) == sorted(map(repr, back))

    @pytest.mark.parametrize("staged", TREES)
    def test_threads_cannot_be_seen_in_the_bytes(
        self, staged: Callable[[Layout], Tree], tmp_path: Path
    ) -> None:
        """One job or four: the same artifact."""
        self._emit(staged, tmp_path / "one", jobs=1)
        self._emit(staged, tmp_path / "four", jobs=4)

        assert _snapshot(tmp_path / "one") == _snapshot(tmp_path / "four")

    def test_surroundings_cannot_be_seen_in_the_bytes(self, tmp_path: Path) -> None:
        """Another process, clock, time zone, locale, hash seed, umask and directory."""
        self._emit(example_tree, tmp_path / "here")
        elsewhere = tmp_path / "elsewhere"
        elsewhere.mkdir()
        surroundings = {
            "LC_ALL": "C",
            "TZ": "Asia/Kathmandu",
            "PYTHONHASHSEED": "4711",
            "SOURCE_DATE_EPOCH": "86400",
            "PYTHONPATH": os.pathsep.join(str(Path(path).absolute()) for path in sys.path),
        }
        cls = type(self)
        subprocess.run(  # noqa: S603 - this very interpreter
            [sys.executable, "-c", _CHILD, cls.__module__, cls.__qualname__, "there"],
            check=True,
            cwd=elsewhere,
            env={**os.environ, **surroundings},
        )

        assert _snapshot(tmp_path / "here") == _snapshot(elsewhere / "there")

    def test_another_tree_makes_another_artifact(self, tmp_path: Path) -> None:
        """The artifact says what it installs."""
        self._emit(example_tree, tmp_path / "one")
        self._emit(bare_tree, tmp_path / "two")

        assert _snapshot(tmp_path / "one") != _snapshot(tmp_path / "two")

    def _emit(self, staged: Callable[[Layout], Tree], out: Path, *, jobs: int = 1) -> None:
        plan = self.plan(jobs=jobs)
        self.format.emit(plan, staged(plan.layout), out)


def emit_elsewhere(module: str, name: str, out: str) -> None:
    """Emit the example in this process, under a clock and a umask of its own."""
    time.time = lambda: 4e9
    os.umask(0o077)
    contract: Any = importlib.import_module(module)
    for part in name.split("."):
        contract = getattr(contract, part)
    contract()._emit(example_tree, Path(out), jobs=2)  # noqa: SLF001 - it is ours


def _snapshot(artifact: Path) -> dict[str, bytes]:
    """All bytes of an artifact, be it a file or a directory."""
    found = {}
    for path in sorted([artifact, *artifact.rglob("*")]):
        name = path.relative_to(artifact).as_posix()
        if path.is_symlink():
            found[name] = os.fsencode(path.readlink())
        else:
            found[name] = path.read_bytes() if path.is_file() else b"directory"
    return found
