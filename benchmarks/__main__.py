"""Measure repackage and its peers: ``python -m benchmarks [run|scale] --help``."""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import report, scaling
from benchmarks.corpora import CORPORA, prepare
from benchmarks.jobs import Job, jobs
from benchmarks.measuring import program, say
from benchmarks.results import Missing, Results, from_json, to_json
from benchmarks.rounds import Bench

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what is asked; ``run`` is the default."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given or given[0] not in {"run", "scale", "-h", "--help"}:
        given = ["run", *given]
    options = _parser().parse_args(given)
    options.directory.mkdir(parents=True, exist_ok=True)
    options.directory = options.directory.resolve()
    # What uv installs are links, as users have them: its cache is on the same file system.
    os.environ.setdefault("UV_CACHE_DIR", str(options.directory / "uv"))
    program("repackage")
    return _scale(options) if options.command == "scale" else _run(options)


def _run(options: argparse.Namespace) -> int:
    bench = Bench(directory=options.directory, rounds=options.rounds)
    if options.read:
        results = from_json(options.read.read_text())
    else:
        results = Results(machine=report.machine())
        for name in options.corpus or ["M", "L"]:
            chosen = chosen_jobs(options.only, name)
            corpus = prepare(name, bench.directory)
            for job in chosen:
                results = results.plus(*bench.job(job, corpus))
                _keep(results, options)  # whoever stops it here has what there is
    _keep(results, options)
    print(report.to_text(results, jobs()), end="")
    return 0


def _keep(results: Results, options: argparse.Namespace) -> None:
    """Write what is known by now, where it is asked for."""
    if options.json:
        options.json.write_text(to_json(results))
    if options.report:
        options.report.write_text(report.to_markdown(results, jobs()))


def chosen_jobs(only: Sequence[str] | None, corpus: str) -> list[Job]:
    """Find the jobs whose names begin as asked for, else those that a corpus has."""
    if only:
        return [job for job in jobs() if job.name.startswith(tuple(only))]
    return [job for job in jobs() if corpus in job.corpora]


def _scale(options: argparse.Namespace) -> int:
    bench = Bench(directory=options.directory, rounds=options.rounds)
    points = []
    if options.read:
        points = [scaling.Point(**each) for each in json.loads(options.read.read_text())]
    else:
        for found in scaling.scale(bench, most=options.most, largest=options.largest):
            if isinstance(found, Missing):
                say(f"no figures: {found.side}: {found.why}")
            else:
                points.append(found)
    if options.json:
        options.json.write_text(json.dumps([asdict(point) for point in points], indent=1))
    text = scaling.to_markdown(points)
    if options.report:
        options.report.write_text(text)
    if options.plot:
        from benchmarks.plotting import plot

        plot(points, options.plot)
    print(text, end="")
    return 0


def _parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    commands = made.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="jobs side by side with peers, and the targets")
    run.add_argument("--corpus", choices=CORPORA, action="append", help="default: M and L")
    run.add_argument(
        "--only", metavar="JOB", action="append", help=f"of: {', '.join(map(_name, jobs()))}"
    )
    run.add_argument("--rounds", type=int, default=5, help="slow jobs have a third")
    scale = commands.add_parser("scale", help="from small to large applications")
    scale.add_argument("--most", type=int, default=max(scaling.DISTRIBUTIONS))
    scale.add_argument("--largest", type=int, default=max(scaling.MEGABYTES), help="MB")
    scale.add_argument("--rounds", type=int, default=1)
    scale.add_argument("--plot", type=Path, metavar="FILE", help="an SVG, or a PNG")
    for each in (run, scale):
        each.add_argument("--report", type=Path, metavar="FILE", help="write Markdown")
        each.add_argument("--json", type=Path, metavar="FILE", help="write it for machines")
        each.add_argument(
            "--read", type=Path, metavar="FILE", help="measure nothing: what --json wrote"
        )
        each.add_argument(
            "--directory",
            type=Path,
            default=Path(".bench"),
            help="where corpora and caches are kept, for a quick second run",
        )
    return made


def _name(job: Job) -> str:
    return repr(job.name)


if __name__ == "__main__":
    sys.exit(main())
