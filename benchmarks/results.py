"""What came out: the medians of each side of each job, and what could not be had."""

from __future__ import annotations

import json
import statistics
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from benchmarks.measuring import Sample


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """The medians of one side."""

    corpus: str
    job: str
    side: str
    wall: float
    cpu: float
    peak: int
    size: int
    rounds: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Missing:
    """A side that has no figures, and why."""

    corpus: str
    job: str
    side: str
    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Results:
    """All that was measured in one run of the benchmark, on one machine."""

    machine: Mapping[str, str]
    results: tuple[Result, ...] = ()
    missing: tuple[Missing, ...] = ()

    def find(self, corpus: str, job: str, side: str) -> Result | None:
        """Find the medians of a side, if it ran."""
        for result in self.results:
            if (result.corpus, result.job, result.side) == (corpus, job, side):
                return result
        return None

    def plus(self, *found: Result | Missing) -> Results:
        """Add what else was found."""
        results = tuple(each for each in found if isinstance(each, Result))
        missing = tuple(each for each in found if isinstance(each, Missing))
        return replace(
            self, results=(*self.results, *results), missing=(*self.missing, *missing)
        )


def median_of(samples: Sequence[Sample], *, corpus: str, job: str, side: str) -> Result:
    """Reduce the samples of a side to medians."""
    return Result(
        corpus=corpus,
        job=job,
        side=side,
        wall=round(statistics.median(sample.wall for sample in samples), 4),
        cpu=round(statistics.median(sample.cpu for sample in samples), 4),
        peak=round(statistics.median(sample.peak for sample in samples)),
        size=round(statistics.median(sample.size for sample in samples)),
        rounds=len(samples),
    )


def to_json(results: Results) -> str:
    """Write results for machines."""
    return json.dumps(asdict(results), indent=1) + "\n"


def from_json(text: str) -> Results:
    """Read what ``to_json`` wrote."""
    read: dict[str, Any] = json.loads(text)
    return Results(
        machine=read["machine"],
        results=tuple(Result(**each) for each in read["results"]),
        missing=tuple(Missing(**each) for each in read["missing"]),
    )
