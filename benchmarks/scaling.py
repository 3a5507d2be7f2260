"""From small to large: ten to thousands of distributions, megabytes to gigabytes."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import peers
from benchmarks.corpora import unpack
from benchmarks.generated import make
from benchmarks.jobs import Job
from benchmarks.measuring import find
from benchmarks.product import AGAIN, FIRST, Build, again, first
from benchmarks.results import Missing, Result

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.rounds import Bench

DISTRIBUTIONS = (10, 30, 100, 300, 1000, 2000)
MEGABYTES = (1, 4, 16, 64, 256, 1024, 2048)
#: What stays the same while the other grows.
_EACH, _MANY = 50_000, 10
PEER = "uv + nfpm"
SIDES = (FIRST, AGAIN, PEER)
#: Everything is at hand; nothing is fetched.
_BUILD = Build(
    formats=("deb",), settings=("deb.compression=zst",), pattern="*.deb", options=("--offline",)
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Point:
    """What one application of a size cost one side."""

    axis: str
    """What grows: "distributions" or "megabytes"."""
    at: int
    side: str
    wall: float
    cpu: float
    peak: int
    size: int


def scale(
    bench: Bench, *, most: int = max(DISTRIBUTIONS), largest: int = max(MEGABYTES)
) -> Iterator[Point | Missing]:
    """Make applications along both axes and package each, up to a size; leave nothing behind."""
    for number in (each for each in DISTRIBUTIONS if each <= most):
        yield from _at(bench, "distributions", number, many=number, size=number * _EACH)
    for number in (each for each in MEGABYTES if each <= largest):
        yield from _at(bench, "megabytes", number, many=_MANY, size=number * 1_000_000)


def _at(
    bench: Bench, axis: str, number: int, *, many: int, size: int
) -> Iterator[Point | Missing]:
    peer = peers.nfpm("deb", "zstd")
    job = Job(name="deb zst", sides=(first(_BUILD), again(_BUILD), peer), peer=PEER)
    with _alone(bench) as there:
        corpus = make(there.directory, distributions=many, size=size)
        if find("uv") is not None:
            unpack(corpus, there.directory)
        for found in there.job(job, corpus):
            yield _point(found, axis, number) if isinstance(found, Result) else found


@contextmanager
def _alone(bench: Bench) -> Iterator[Bench]:
    """Work in a directory, uv's cache included, that is removed: the disk holds one application."""
    before = os.environ.get("UV_CACHE_DIR")
    with tempfile.TemporaryDirectory(prefix="scale-", dir=bench.directory) as scratch:
        os.environ["UV_CACHE_DIR"] = str(Path(scratch) / "uv")
        try:
            yield replace(bench, directory=Path(scratch))
        finally:
            os.environ.pop("UV_CACHE_DIR")
            if before is not None:
                os.environ["UV_CACHE_DIR"] = before


def _point(found: Result, axis: str, number: int) -> Point:
    return Point(
        axis=axis,
        at=number,
        side=found.side,
        wall=found.wall,
        cpu=found.cpu,
        peak=found.peak,
        size=found.size,
    )


def to_markdown(points: Sequence[Point]) -> str:
    """Lay all points out in two tables."""
    lines = ["<!-- written by `python -m benchmarks scale`, not by hand -->"]
    for axis, unit in (("distributions", ""), ("megabytes", " MB")):
        head = " | ".join(f"{side}: s | MiB" for side in SIDES)
        lines += ["", f"| {axis} | {head} |", "|---" * (1 + 2 * len(SIDES)) + "|"]
        for at in sorted({point.at for point in points if point.axis == axis}):
            cells = " | ".join(_cell(points, axis, at, side) for side in SIDES)
            lines.append(f"| {at:,}{unit} | {cells} |")
    return "\n".join(lines) + "\n"


def _cell(points: Sequence[Point], axis: str, at: int, side: str) -> str:
    for point in points:
        if (point.axis, point.at, point.side) == (axis, at, side):
            return f"{point.wall:.2f} | {point.peak}"
    return " | "
