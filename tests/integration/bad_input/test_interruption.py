"""Runs that are interrupted, terminated, killed, or that meet."""

from __future__ import annotations

import random
import signal
import threading
import time
from typing import TYPE_CHECKING

import pytest

from tests.integration.bad_input.user import Outcome, outcome, until
from tests.unit.fetch.server import file

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.integration.bad_input.user import Online, User
    from tests.unit.fetch.server import Behaviour, Exchange, Server

SIGNALS = pytest.mark.parametrize(
    ("number", "status"),
    [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)],
    ids=["int", "term", "hup"],
)
#: Seconds within which an interrupted run has ended, on a machine that is busy, too.
AT_ONCE = 5.0


def interrupt(user: User, number: signal.Signals, *, when: Callable[[], object]) -> Outcome:
    """Start a build, signal it when something is the case, and see that it ends at once."""
    process = user.start(user.command("--extra", "loud", formats=["deb"]))
    until(lambda: when() or process.poll() is not None)
    began = time.monotonic()
    process.send_signal(number)
    done = outcome(process)

    assert time.monotonic() - began < AT_ONCE
    return done


def check_nothing_is_left(user: User, before: list[str], done: Outcome) -> None:
    assert done.out == ""
    assert done.err in {"", "interrupted; nothing was left behind\n"}
    assert user.files() == before
    assert user.scratch() == []


@SIGNALS
def test_an_interrupt_while_an_artifact_is_written(
    user: User, number: signal.Signals, status: int
) -> None:
    user.have_much_to_write(8_000_000)  # which xz needs several seconds for
    before = user.files()

    done = interrupt(user, number, when=lambda: list(user.project.out.glob(".repackage-*/*")))

    assert done.status == status, done.err
    check_nothing_is_left(user, before, done)
    user.built("-C", "tar.compression=none", formats=["tar"])


@SIGNALS
def test_an_interrupt_while_something_is_downloaded(
    online: Online, server: Server, number: signal.Signals, status: int
) -> None:
    over = threading.Event()

    def half(body: bytes) -> Behaviour:
        def behave(exchange: Exchange) -> None:
            exchange.reply(body=body[:300], length=len(body), headers={"ETag": '"1"'})
            over.wait(30)

        return behave

    bodies = {path.name: path.read_bytes() for path in online.project.wheelhouse.iterdir()}
    online.publish(server, greet=half, shout=half)
    online.environment["UV_HTTP_TIMEOUT"] = "30"
    before = online.files()

    def both_are_half_here() -> bool:
        partial = online.project.cache / "v1/partial"
        return sum(path.stat().st_size == 300 for path in partial.glob("*")) == 2

    done = interrupt(online, number, when=both_are_half_here)
    over.set()

    assert done.status == status, done.err
    check_nothing_is_left(online, before, done)
    for name, body in bodies.items():
        server.on(f"/{name}", file(body, ETag='"1"'))
    online.built("--extra", "loud")
    assert all(server.seen(f"/{name}")[-1]["Range"] == "bytes=300-" for name in bodies)


def test_after_any_number_of_kills_the_next_run_gives_the_same_bytes(
    online: Online, server: Server
) -> None:
    online.publish(server)
    began = time.monotonic()
    expected = online.built()
    took = time.monotonic() - began
    for path in online.project.out.iterdir():
        path.unlink()
    online.run(["rm", "-rf", str(online.project.cache)])

    moments = random.Random(20)
    for _ in range(6):
        process = online.start(online.command())
        time.sleep(took * moments.uniform(0.3, 1))
        process.kill()
        outcome(process)
        for path in online.project.out.glob("[!.]*"):
            assert path.read_bytes() == expected[path.name]
            path.unlink()
    online.run(["rm", "-rf", str(online.project.out)])

    assert online.built() == expected


def test_two_runs_with_one_cache_and_one_output_directory(
    online: Online, server: Server
) -> None:
    """Each file is downloaded once, and both runs have the same artifacts."""
    meet = threading.Event()

    def slow(body: bytes) -> Behaviour:
        def behave(exchange: Exchange) -> None:
            meet.wait(0.5)
            file(body, ETag='"1"')(exchange)

        return behave

    online.publish(server, greet=slow, shout=slow)
    runs = [online.start(online.command("--extra", "loud")) for _ in range(2)]
    done = [outcome(run) for run in runs]

    assert [(each.status, each.err) for each in done] == [(0, "")] * 2
    assert sorted(path for path, _ in server.requests) == [
        "/greet-2.0-py3-none-any.whl",
        "/shout-3.0-py3-none-any.whl",
    ]
    artifacts = {path.name: path.read_bytes() for path in online.project.out.iterdir()}
    assert online.built("--extra", "loud") == artifacts
    assert len(artifacts) == 2
    assert online.scratch() == []


def test_a_run_that_is_interrupted_takes_nothing_of_another_away(user: User) -> None:
    """One makes the output directory, the other puts something there."""
    user.have_much_to_write(8_000_000)  # which xz needs several seconds for

    def another_arrives() -> bool:
        if not list(user.project.out.glob(".repackage-*/*")):
            return False
        (user.project.out / "another.deb").write_text("precious")
        return True

    interrupt(user, signal.SIGINT, when=another_arrives)

    assert user.project.left_behind() == ["another.deb"]
