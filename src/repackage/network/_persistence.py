"""Trying again: how often, after how long, and when there is no point in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from threading import Event

    from repackage.errors import Problem

T = TypeVar("T")

#: The longest that a server's ``Retry-After`` is obeyed, in seconds.
_LONGEST_WAIT = 60.0


class Stopped(Exception):  # noqa: N818 - not an error: somebody else's failure ended the work
    """The work was given up, because the whole run was."""


class Failed(Exception):  # noqa: N818 - it becomes an error unless a further try succeeds
    """A request without a useful answer."""

    def __init__(
        self, problem: Problem, *, passing: bool, wait: float = 0.0, host: str = ""
    ) -> None:
        super().__init__(problem)
        self.problem = problem
        self.passing = passing
        """Whether a further try may succeed."""
        self.wait = wait
        """Seconds that the server asked for before a further try."""
        self.host = host
        """The host, if nothing can be had from it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Persistence:
    """Tries again what failed for a reason that may pass; shared by all threads of a run."""

    retries: int
    """Further tries after the first."""
    backoff: float
    """Seconds before the first further try; each later one waits twice as long."""
    stop: Event
    """Set when the whole run is given up."""
    lost_hosts: set[str] = field(default_factory=set)
    """Hosts that did not answer after all tries: nothing else tries them for long."""

    def __call__(self, attempt: Callable[[], T], *, host: str = "") -> T:
        """Try until it is done.

        Raises:
            Failed: No further try is left, or none would help.
            Stopped: The run was given up while this waited.
        """
        tries = 0
        while True:
            try:
                return attempt()
            except Failed as failed:
                last = tries >= self.retries or host in self.lost_hosts
                if last or not failed.passing:
                    if failed.host:
                        self.lost_hosts.add(failed.host)
                    raise
                wait = max(self.backoff * 2**tries, failed.wait)
            tries += 1
            if self.stop.wait(min(wait, _LONGEST_WAIT)):
                raise Stopped


def retry_after(headers: Mapping[str, str]) -> float:
    """Seconds of ``Retry-After``; a date is not obeyed, as that would ask for the clock."""
    value = headers.get("Retry-After", "")
    return float(value) if value.isascii() and value.isdigit() else 0.0
