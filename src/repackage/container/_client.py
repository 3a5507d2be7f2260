"""What all requests of one run share, whatever the registry."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from repackage.container._logins import Logins
from repackage.container._registry import Registry
from repackage.network import Crew, Failed, Persistence, Stopped
from repackage.network.connections import Connections

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from repackage.container._model import RegistrySettings
    from repackage.container._reference import Reference
    from repackage.errors import Problem, RepackageError

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, kw_only=True, slots=True)
class Client:
    """Talks to registries."""

    settings: RegistrySettings
    connections: Connections
    logins: Logins
    persistence: Persistence
    registries: dict[str, Registry] = field(default_factory=dict)

    @classmethod
    @contextmanager
    def of(cls, settings: RegistrySettings) -> Iterator[Client]:
        """Be ready to talk, with the logins that the user has."""
        stop = threading.Event()
        self = cls(
            settings=settings,
            connections=Connections(timeout=settings.timeout, jobs=settings.jobs),
            logins=Logins.of_environment(),
            persistence=Persistence(
                retries=settings.retries, backoff=settings.backoff, stop=stop
            ),
        )
        try:
            yield self
        finally:
            self.connections.close()

    def registry(self, reference: Reference) -> Registry:
        """The registry of a reference; one login holds for a repository, or a whole host."""
        if reference.place not in self.registries:
            self.registries[reference.place] = Registry(
                reference,
                connections=self.connections,
                logins=self.logins,
                settings=self.settings,
                persistence=self.persistence,
            )
        return self.registries[reference.place]

    def all(
        self, work: Callable[[T], R], tasks: Sequence[T], *, error: type[RepackageError]
    ) -> list[R]:
        """Do all tasks, several at a time; problems are reported together.

        Raises:
            RepackageError: Of the class given, if only registries failed.
        """
        crew = Crew(_heeding(work, self.persistence), stop=self.persistence.stop)
        problems: list[Problem] = []
        results = []
        for result in crew.run(tasks, jobs=max(self.settings.jobs, 1)):
            match result:
                case Failed(problem=problem):
                    problems.append(problem)
                case Stopped():
                    pass
                case BaseException():
                    raise result
                case _:
                    results.append(result)
        if problems:
            raise error(*dict.fromkeys(problems))
        return results


def _heeding(work: Callable[[T], R], persistence: Persistence) -> Callable[[T], R]:
    """Begin nothing after a failure, and go on with nothing: one is enough."""

    def heeding(task: T) -> R:
        if persistence.stop.is_set():
            raise Stopped
        try:
            return work(task)
        except BaseException:
            persistence.stop.set()
            raise

    return heeding
