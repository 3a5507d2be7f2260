"""Lay results out: a table for the terminal, a report in Markdown."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from itertools import groupby
from typing import TYPE_CHECKING

from benchmarks.measuring import find
from benchmarks.targets import Verdict, verdicts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from benchmarks.jobs import Job
    from benchmarks.results import Result, Results

#: How each program says its version.
_VERSIONS = {
    "uv": ("--version",),
    "nfpm": ("--version",),
    "dpkg-deb": ("--version",),
    "rpmbuild": ("--version",),
    "zip": ("-v",),
    "umoci": ("--version",),
    "skopeo": ("--version",),
}
_VERSION = re.compile(r"\d+(?:\.\d+)+")
_HEAD = ("", "wall s", "CPU s", "peak MiB", "MB", "wall ratio", "CPU ratio")


def machine() -> dict[str, str]:
    """Say what was measured on and with, and nothing that names the machine."""
    facts = {
        "machine": f"{platform.machine()}, {os.cpu_count()} processors",
        "Python": platform.python_version(),
    }
    for name, ask in _VERSIONS.items():
        if (path := find(name)) is not None:
            said = subprocess.run([path, *ask], capture_output=True, text=True, check=False)
            if version := _VERSION.search(said.stdout + said.stderr):
                facts[name] = version.group()
    return facts


def to_text(results: Results, jobs: Sequence[Job]) -> str:
    """Lay out every job for a terminal, then the targets."""
    lines = []
    for corpus, job, rows in _tables(results, jobs):
        lines += [f"corpus {corpus}, {job}", *_aligned([_HEAD, *rows]), ""]
    lines += [f"no figures: {each.side} ({each.job}): {each.why}" for each in results.missing]
    judged = verdicts(results)
    lines += ["", "targets", *_aligned([_row(verdict) for verdict in judged])]
    return "\n".join(lines) + "\n"


def to_markdown(results: Results, jobs: Sequence[Job]) -> str:
    """Write the report: targets first, then every job."""
    judged = verdicts(results)
    met, measured = ([each.met for each in judged].count(True), _measured(judged))
    facts = ", ".join(_named(results.machine))
    lines = [
        "<!-- written by `python -m benchmarks`, not by hand -->",
        "",
        f"Medians of {_rounds_of(results.results)}, interleaved; {facts}.",
        "",
        "### The targets",
        "",
        f"{met} of {measured} that were measured are met.",
        "",
        *_markdown([("job", "against", "target", "measured", "met"), *map(_row, judged)]),
    ]
    for corpus, job, rows in _tables(results, jobs):
        counted = [each for each in results.results if (each.corpus, each.job) == (corpus, job)]
        told = f"Corpus {corpus}, {job} ({_rounds_of(counted)})"
        lines += ["", f"### {told}", "", *_markdown([_HEAD, *rows])]
    if results.missing:
        lines += ["", "### Without figures", ""]
        lines += [
            f"- {each.side}, corpus {each.corpus}, {each.job}: {each.why}"
            for each in results.missing
        ]
    return "\n".join(lines) + "\n"


def _tables(
    results: Results, jobs: Sequence[Job]
) -> Iterable[tuple[str, str, list[tuple[str, ...]]]]:
    peers = {job.name: job.peer for job in jobs}
    for (corpus, job), group in groupby(results.results, lambda each: (each.corpus, each.job)):
        peer = results.find(corpus, job, peers[job])
        yield corpus, job, [_figures(result, peer) for result in group]


def _figures(result: Result, peer: Result | None) -> tuple[str, ...]:
    return (
        result.side,
        f"{result.wall:.2f}" if result.wall >= 1 else f"{result.wall:.3f}",
        f"{result.cpu:.2f}" if result.cpu >= 1 else f"{result.cpu:.3f}",
        str(result.peak),
        f"{result.size / 1e6:.1f}" if result.size else "",
        f"{result.wall / peer.wall:.3f}" if peer else "",
        f"{result.cpu / peer.cpu:.3f}" if peer and peer.cpu else "",
    )


def _row(verdict: Verdict) -> tuple[str, ...]:
    met = {True: "yes", False: "**no**", None: ""}[verdict.met]
    return verdict.job, verdict.peer, verdict.target, verdict.measured, met


def _measured(judged: Sequence[Verdict]) -> int:
    return sum(verdict.met is not None for verdict in judged)


def _named(facts: Mapping[str, str]) -> Iterable[str]:
    return (value if name == "machine" else f"{name} {value}" for name, value in facts.items())


def _rounds_of(found: Iterable[Result]) -> str:
    """Say how many rounds there were, of which slow jobs have fewer."""
    numbers = sorted({each.rounds for each in found}) or [0]
    several = "" if numbers[-1] == 1 else "s"
    return f"{' to '.join(map(str, dict.fromkeys((numbers[0], numbers[-1]))))} round{several}"


def _aligned(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.rjust(width) if number else cell.ljust(width)
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def _markdown(rows: Sequence[tuple[str, ...]]) -> list[str]:
    head, *body = rows
    rule = "|---" * len(head) + "|"
    return [_cells(head), rule, *map(_cells, body)]


def _cells(row: tuple[str, ...]) -> str:
    return f"| {' | '.join(row)} |"
