"""Work on sources: archives out of repositories, and wheels out of sources."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from repackage.errors import FetchError
from repackage.fetch._digest import differs
from repackage.network import Crew
from repackage.source import Builder, BuildSettings, Repository, Runner, inside

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from packaging.utils import NormalizedName

    from repackage.fetch._model import Artifacts, FetchSettings, Progress
    from repackage.lock import Git, LockedFile
    from repackage.source import Order
    from repackage.target import Target

#: How long an interrupted run waits for builds to end and to be cleared away, in seconds.
_GRACE = 20.0


@dataclass(frozen=True, kw_only=True, slots=True)
class InRepository:
    """An archive that lies in a repository."""

    name: NormalizedName
    git: Git
    file: LockedFile


@dataclass(frozen=True, kw_only=True, slots=True)
class Works:
    """Does the work, several pieces at a time."""

    store: Artifacts
    target: Target
    settings: FetchSettings
    progress: Progress
    stop: threading.Event = field(default_factory=threading.Event)

    def extract(self, archives: Sequence[InRepository]) -> list[Path | BaseException]:
        """Take archives out of their repositories, each checked against the lock."""
        crew = Crew(self._extract, stop=self.stop, grace=_GRACE)
        return crew.run(archives, jobs=max(self.settings.builders, 1))

    def build(self, orders: Sequence[Order]) -> list[Path | BaseException]:
        """Build wheels."""
        for order in orders:
            self.progress.note(f"building {order} from {order.origin}")
        crew = Crew(self._build, stop=self.stop, grace=_GRACE)
        return crew.run(orders, jobs=max(self.settings.builders, 1))

    def _extract(self, archive: InRepository) -> Path:
        git, file = archive.git, archive.file
        with self.store.workspace(f"archive {git.url} {git.commit} {git.path}") as work:
            runner = Runner(work / "log", self.stop)
            repository = Repository(self.store, runner, offline=self.settings.offline)
            repository.check_out(git, work / "tree")
            where = f"{git.path} in the repository of {archive.name}"
            found = inside(work / "tree", git.path, what=where)
            difference = differs(found, file.hash) if file.hash is not None else ""
            if difference:
                raise FetchError.of(difference, where=where, advice="lock again")
            return self.store.put(found, file.filename, hash=file.hash)

    def _build(self, order: Order) -> Path:
        from repackage.fetch._indexes import index_urls

        settings = BuildSettings(
            constraints=self.settings.constraints,
            find_links=self.settings.find_links,
            indexes=() if self.settings.offline else index_urls(self.settings.project),
            own=self.settings.own,
            offline=self.settings.offline,
            epoch=self.settings.epoch,
        )
        builder = Builder(
            store=self.store, target=self.target, settings=settings, stop=self.stop
        )
        self.progress.start(str(order), None)
        built = builder(order)
        self.progress.finish(str(order))
        return built
