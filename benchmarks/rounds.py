"""Run the sides of jobs in turn, so that a busy machine slows all of them alike."""

from __future__ import annotations

import shutil
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.measuring import Failed, Sample, Side, run, say
from benchmarks.results import Missing, Result, median_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.corpora import Corpus
    from benchmarks.jobs import Job


@dataclass(frozen=True, kw_only=True, slots=True)
class Bench:
    """Where rounds are run, and how many."""

    directory: Path
    rounds: int

    def job(self, job: Job, corpus: Corpus) -> Iterator[Result | Missing]:
        """Do a job in all ways that this machine has; give medians, or why there are none."""
        with tempfile.TemporaryDirectory(prefix="round-", dir=self.directory) as scratch:
            yield from _Work(
                job=job,
                corpus=corpus,
                scratch=Path(scratch),
                cache=self.directory / "cache" / corpus.name,
                rounds=rounds_of(job, self.rounds),
            ).medians()


def rounds_of(job: Job, rounds: int) -> int:
    """Say how many rounds a job has: a slow one a third of them."""
    return max(1, rounds // 3) if job.slow else rounds


@dataclass(frozen=True, kw_only=True, slots=True)
class _Work:
    """One job for one corpus."""

    job: Job
    corpus: Corpus
    scratch: Path
    cache: Path
    rounds: int

    def medians(self) -> Iterator[Result | Missing]:
        samples: dict[str, list[Sample]] = defaultdict(list)
        why = {side.name: _absent(side) for side in self.job.sides if side.lacks()}
        kept: Path | None = None
        for number in range(self.rounds + 1):
            for side in self.job.sides if number % 2 else reversed(self.job.sides):
                if side.name in why or not (number or side.warms):
                    continue
                say(f"corpus {self.corpus.name}, {self.job.name}, round {number}: {side.name}")
                try:
                    sample, made = self._once(side, kept)
                except Failed as failure:
                    say(f"{failure}\n{failure.said}")
                    why[side.name] = str(failure)
                    continue
                kept = made or kept
                if number:
                    samples[side.name].append(sample)
        names = {"corpus": self.corpus.name, "job": self.job.name}
        for side in self.job.sides:
            if side.name in why:
                yield Missing(**names, side=side.name, why=why[side.name])
            else:
                yield median_of(samples[side.name], **names, side=side.name)

    def _once(self, side: Side, kept: Path | None) -> tuple[Sample, Path | None]:
        """Run a side; keep the artifact of the first that warms, for those who copy it."""
        out = Path(tempfile.mkdtemp(dir=self.scratch))
        sample = run(side, self.corpus.round(out, self.cache, kept))
        made = None
        if kept is None and side.pattern:
            made = self.scratch / "kept"
            next(out.glob(side.pattern)).rename(made)
        shutil.rmtree(out)
        return sample, made


def _absent(side: Side) -> str:
    return f"not installed: {', '.join(side.lacks())}"
