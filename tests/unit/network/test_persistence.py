"""Trying again, and giving up."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

import pytest

from repackage.errors import Problem
from repackage.network import Failed, Persistence, Stopped, retry_after


def failed(*, passing: bool = True, wait: float = 0.0, host: str = "") -> Failed:
    return Failed(Problem(what="no"), passing=passing, wait=wait, host=host)


def persistence(*, retries: int = 2, stop: threading.Event | None = None) -> Persistence:
    return Persistence(retries=retries, backoff=0.0, stop=stop or threading.Event())


@dataclass(slots=True)
class Attempt:
    """Fails as often as it is told, then succeeds."""

    failures: list[Failed]
    tries: int = field(default=0)

    def __call__(self) -> str:
        self.tries += 1
        if self.failures:
            raise self.failures.pop(0)
        return "done"


def test_what_passes_is_tried_again() -> None:
    attempt = Attempt([failed(), failed()])

    assert persistence()(attempt) == "done"
    assert attempt.tries == 3


def test_what_does_not_pass_is_not_tried_again() -> None:
    attempt = Attempt([failed(passing=False)])

    with pytest.raises(Failed):
        persistence()(attempt)
    assert attempt.tries == 1


def test_a_host_that_was_lost_is_tried_once_by_all_that_follow() -> None:
    persisting = persistence()
    with pytest.raises(Failed):
        persisting(Attempt([failed(host="h") for _ in range(3)]), host="h")
    attempt = Attempt([failed(host="h") for _ in range(3)])

    with pytest.raises(Failed):
        persisting(attempt, host="h")
    assert attempt.tries == 1


def test_a_server_may_ask_for_time(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float | None] = []
    stop = threading.Event()
    monkeypatch.setattr(stop, "wait", lambda timeout=None: waited.append(timeout))

    assert persistence(stop=stop)(Attempt([failed(wait=3), failed(wait=1e9)])) == "done"
    assert waited == [3, 60]


def test_nobody_waits_when_the_run_is_given_up() -> None:
    stop = threading.Event()
    stop.set()
    start = time.monotonic()

    with pytest.raises(Stopped):
        persistence(stop=stop)(Attempt([failed(wait=60)]))
    assert time.monotonic() - start < 10


@pytest.mark.parametrize(
    ("value", "seconds"), [("7", 7), ("", 0), ("-1", 0), ("soon", 0), ("٣", 0), ("1.5", 0)]
)
def test_retry_after_is_read_in_seconds(value: str, seconds: float) -> None:
    assert retry_after({"Retry-After": value}) == seconds
