"""From an order to a wheel: prepare, build in isolation, look at what came out, keep it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from threading import Event
from typing import TYPE_CHECKING

from repackage.errors import FetchError, Problem, WheelError
from repackage.lock import Hash, sha256_of
from repackage.source._back_end import Unbuildable, run_back_end
from repackage.source._environment import SUPPLY, Environment
from repackage.source._git import Repository, inside, share_history
from repackage.source._interpreter import interpreter_for, is_pure, program_of
from repackage.source._model import Commit, Directory, Sdist
from repackage.source._process import Runner
from repackage.source._tree import copy_tree
from repackage.wheel import OLDEST

if TYPE_CHECKING:
    from pathlib import Path

    from packaging.version import Version

    from repackage.source._interpreter import Interpreter
    from repackage.source._model import BuildSettings, Order, Workshop
    from repackage.target import Target


@dataclass(frozen=True, kw_only=True, slots=True)
class _Source:
    """A tree that is ready to be built, in a place of its own."""

    tree: Path
    epoch: int
    key: str
    """Of the tree's content and of what builds it; two that are equal give one wheel."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Builder:
    """Builds wheels for one target."""

    store: Workshop
    target: Target
    settings: BuildSettings
    stop: Event = field(default_factory=Event)

    def __call__(self, order: Order) -> Path:
        """Build the wheel of an order, unless the store has it; return where it is.

        Raises:
            FetchError: It cannot be built, or is not what was ordered.
            Stopped: The run was interrupted.
        """
        interpreter = interpreter_for(self.target.python)
        identity = _identity(order)
        with self.store.workspace(_digest("work", identity, interpreter.key)) as work:
            runner = Runner(work / "log", self.stop)
            source = self._prepare(order, work, runner=runner, interpreter=interpreter)
            wheel = self._recall(source.key)
            if wheel is None:
                built = self._build(order, source, work, runner=runner, interpreter=interpreter)
                self._check(order, built, interpreter=interpreter)
                return self._keep(source.key, built)
        self._check(order, wheel, interpreter=interpreter)
        return wheel

    def _prepare(
        self, order: Order, work: Path, *, runner: Runner, interpreter: Interpreter
    ) -> _Source:
        """Bring the source into the work directory; what is in the store is not unpacked."""
        environment = (interpreter.key, *self.settings.constraints)
        tree = work / "source"
        match order.origin:
            case Directory(path=path):
                content = copy_tree(path, tree)
                history = share_history(path, tree, runner=runner)
                key = _digest("tree", content, history, str(self.settings.epoch), *environment)
                return _Source(tree=tree, epoch=max(self.settings.epoch, OLDEST), key=key)
            case Sdist(path=path, subdirectory=below):
                key = _digest("sdist", sha256_of(path), below, *environment)
                if self._recall(key) is not None:
                    return _Source(tree=tree, epoch=OLDEST, key=key)
                from repackage.source._unpack import unpack  # slow to import

                top, epoch = unpack(path, tree)
                return _Source(tree=inside(top, below, what=path.name), epoch=epoch, key=key)
            case Commit(git=git):
                large = "lfs" if git.lfs else ""
                key = _digest("git", git.url, git.commit, git.subdirectory, large, *environment)
                if self._recall(key) is not None:
                    return _Source(tree=tree, epoch=OLDEST, key=key)
                repository = Repository(self.store, runner, offline=self.settings.offline)
                repository.check_out(git, tree)
                epoch = max(repository.date(git, tree), OLDEST)
                project = inside(tree, git.subdirectory, what=str(order.origin))
                return _Source(tree=project, epoch=epoch, key=key)

    def _build(
        self,
        order: Order,
        source: _Source,
        work: Path,
        *,
        runner: Runner,
        interpreter: Interpreter,
    ) -> Path:
        """Run the back end; say what it said if it fails."""
        (work / "tmp").mkdir()
        environment = Environment(
            path=work / "env",
            interpreter=interpreter,
            runner=runner,
            settings=self.settings,
            epoch=source.epoch,
        )
        try:
            return run_back_end(source.tree, work / "wheels", environment)
        except Unbuildable as error:
            raise FetchError.of(
                f"{order} cannot be built from {order.origin}: {error}",
                advice=_advice(error.advice, runner.tail()),
            ) from error
        except FetchError as error:
            raise FetchError(
                *(
                    Problem(
                        what=f"{order} cannot be built from {order.origin}: {each.what}",
                        where=each.where,
                        advice=each.advice or SUPPLY,
                    )
                    for each in error.problems
                )
            ) from error

    def _check(self, order: Order, wheel: Path, *, interpreter: Interpreter) -> None:
        """Refuse a wheel of something else, or for another machine."""
        try:
            found = self.store.wheel(wheel)
        except WheelError as error:
            what = f"what the back end of {order} built is not a wheel that can be installed"
            problems = (Problem(what=each.what, where=each.where) for each in error.problems)
            raise FetchError(Problem(what=what, advice=SUPPLY), *problems) from error
        if found.name != order.name or not _is_ordered(found.version, order):
            raise FetchError.of(
                f"{order} is locked, and {found.name} {found.version} was built "
                f"from {order.origin}",
                advice="lock again, or supply the right wheel with --find-links",
            )
        if not is_pure(found.tags) and not interpreter.builds_for(self.target):
            raise FetchError(unbuildable(str(order), self.target, made=found.filename))
        if found.tags.isdisjoint(self.target.tags):
            raise FetchError(unbuildable(str(order), self.target, made=found.filename))

    def _recall(self, key: str) -> Path | None:
        """The wheel that was built of a key, if the store still has it."""
        data = self.store.shelf("built").read(key)
        if data is None:
            return None
        digest, filename = json.loads(data)
        return self.store.find(Hash(algorithm="sha256", digest=digest), filename)

    def _keep(self, key: str, built: Path) -> Path:
        digest = sha256_of(built)
        kept = self.store.put(built, built.name)
        self.store.shelf("built").write(key, json.dumps([digest, built.name]).encode())
        return kept


def unbuildable(subject: str, target: Target, *, made: str = "") -> Problem:
    """Say that machine code of a distribution is not built here for a target."""
    why = f"{made} is for this machine only" if made else "it is not pure Python"
    advice = "build it on a machine like the target, and supply the wheel with --find-links"
    here = interpreter_for(target.python)
    if here.is_on_machine_like(target) and not here.is_of(target.python):
        wanted = program_of(target.python)
        advice = f"install {wanted!r} with its headers, and have it on the PATH; or {advice}"
    return Problem(
        what=f"{subject} has no wheel for {target.name}, and cannot be built here: {why}",
        advice=advice,
    )


def _is_ordered(version: Version, order: Order) -> bool:
    """Whether a version is the locked one; its local part may be missing, as for uv.

    That of a source tree is information: it may have been released since.
    """
    if order.version is None or isinstance(order.origin, Directory):
        return True
    return str(version) in {str(order.version), order.version.public}


def _identity(order: Order) -> str:
    """Where the source is; two orders of one source do not work at the same time."""
    match order.origin:
        case Directory(path=path):
            return str(path)
        case Sdist(path=path, subdirectory=below):
            return f"{path} {below}"
        case Commit(git=git):
            return f"{git.url} {git.commit} {git.subdirectory} {git.lfs}"


def _advice(first: str, log: str) -> str:
    return f"{first}\nthe end of its log:\n{log}" if log else first


def _digest(*parts: str) -> str:
    text = "\0".join(parts).encode("utf-8", "surrogateescape")
    return hashlib.sha256(text).hexdigest()
