"""What the benchmarks share: an application to package, rounds of sides, medians, a table.

Rounds are interleaved, so that a busy machine slows all sides alike; read the ratios, not
the seconds. Caches are warm: every side has every wheel on disk before the first round.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

#: Corpus by name: requirements of a service, from a small tool to a scientific one.
CORPORA = {
    "S": ["click", "httpx", "rich", "pyyaml", "jinja2"],
    "M": [
        *("numpy", "pandas", "cryptography", "pillow", "sqlalchemy", "fastapi"),
        *("uvicorn", "httpx", "rich", "pyyaml", "jinja2", "alembic"),
    ],
}
CORPORA["L"] = [*CORPORA["M"], "scipy", "scikit-learn", "pyarrow", "matplotlib"]


@dataclass(frozen=True, kw_only=True)
class Corpus:
    """An application that is locked and built, and what a user would install from it."""

    wheel: Path
    lock: Path
    requirements: Path


@dataclass(frozen=True, kw_only=True)
class Sample:
    """What one run cost."""

    wall: float
    cpu: float
    peak: int
    """MiB, of the largest process."""
    size: int
    """Bytes of the artifact."""


@dataclass(frozen=True, kw_only=True)
class Result:
    """The medians of one side for one setting."""

    tool: str
    setting: str
    wall: float
    cpu: float
    peak: int
    size: int
    ratio: float
    """Wall time over the peer's."""
    cpu_ratio: float
    """Processor time over the peer's."""


Side = Callable[[Corpus, Path, str, argparse.Namespace], Sample]
"""Makes an artifact of a corpus in a directory, at a setting."""


def run(
    sides: Mapping[str, Side],
    options: argparse.Namespace,
    *,
    peer: str,
    settings: Sequence[str],
) -> None:
    """Prepare a corpus, run the rounds, print the table."""
    with tempfile.TemporaryDirectory(prefix="bench-", dir=options.directory) as scratch:
        corpus = prepare(Path(scratch, "app"), CORPORA[options.corpus])
        samples = rounds(corpus, Path(scratch), sides, settings=settings, options=options)
    results = summarise(samples, peer=peer)
    if options.json:
        facts = {"machine": platform.machine(), "cores": os.cpu_count()}
        print(json.dumps({**facts, "results": [asdict(result) for result in results]}))
    else:
        print(table(results))


def parser(description: str | None, *, target: str) -> argparse.ArgumentParser:
    """Describe the command line, but for the settings."""
    made = argparse.ArgumentParser(description=description)
    made.add_argument("--corpus", choices=CORPORA, default="M")
    made.add_argument("--rounds", type=int, default=5)
    made.add_argument("--target", default=target, help="what repackage builds for")
    made.add_argument("--python", default="3.11", help="the target's Python")
    made.add_argument("--directory", help="where scratch directories are made")
    made.add_argument("--json", action="store_true")
    return made


def prepare(project: Path, requirements: Sequence[str]) -> Corpus:
    """Write an application with these requirements, lock it, build it."""
    (project / "src/service").mkdir(parents=True)
    (project / "src/service/__init__.py").write_text("def main():\n    print('ready')\n")
    (project / "pyproject.toml").write_text(
        "[project]\n"
        'name = "service"\nversion = "1.0"\ndescription = "A service to be packaged"\n'
        'requires-python = ">=3.11"\n'
        'authors = [{ name = "Benchmark", email = "benchmark@example.org" }]\n'
        f"dependencies = {json.dumps(list(requirements))}\n"
        '[project.scripts]\nservice = "service:main"\n'
        '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
        "[tool.uv]\nenvironments = [\"sys_platform == 'linux'\"]\n"
    )
    say("locking and building the corpus")
    uv("lock", "--quiet", cwd=project)
    uv("build", "--wheel", "--quiet", cwd=project)
    export = project / "requirements.txt"
    uv(
        *("export", "--quiet", "--frozen", "--no-dev", "--no-emit-project"),
        *("--no-hashes", "--output-file", str(export)),
        cwd=project,
    )
    (wheel,) = (project / "dist").glob("*.whl")
    return Corpus(wheel=wheel, lock=project / "uv.lock", requirements=export)


def rounds(
    corpus: Corpus,
    scratch: Path,
    sides: Mapping[str, Side],
    *,
    settings: Sequence[str],
    options: argparse.Namespace,
) -> dict[tuple[str, str], list[Sample]]:
    """Run all sides in turn, after one round each that warms the caches."""
    samples: dict[tuple[str, str], list[Sample]] = defaultdict(list)
    for setting in settings:
        for number in range(options.rounds + 1):
            for tool in sides if number % 2 else reversed(tuple(sides)):
                out = Path(tempfile.mkdtemp(dir=scratch))
                say(f"{setting} round {number}: {tool}")
                sample = sides[tool](corpus, out, setting, options)
                shutil.rmtree(out)
                if number:
                    samples[tool, setting].append(sample)
    return samples


def install(corpus: Corpus, tree: Path, python: str) -> list[str]:
    """The command that installs what is locked into a directory, as uv does it."""
    return [
        *(program("uv"), "pip", "install", "--quiet", "--no-deps"),
        *("--target", str(tree), "--python-version", python),
        *("--python-platform", f"{platform.machine()}-manylinux_2_28"),
        *("--requirement", str(corpus.requirements), str(corpus.wheel)),
    ]


def measure(commands: Sequence[Sequence[str]], out: Path, pattern: str) -> Sample:
    """Run commands one after the other; sum their times, take the larger peak."""
    wall = cpu = 0.0
    peak = 0
    for command in commands:
        begin = time.perf_counter()
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        said = process.stderr.read() if process.stderr else ""
        _, status, usage = os.wait4(process.pid, 0)
        wall += time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            sys.exit(f"status {process.returncode}: {' '.join(command)}\n{said}")
        cpu += usage.ru_utime + usage.ru_stime
        peak = max(peak, usage.ru_maxrss // 1024)
    (artifact,) = out.glob(pattern)
    return Sample(wall=wall, cpu=cpu, peak=peak, size=artifact.stat().st_size)


def summarise(samples: dict[tuple[str, str], list[Sample]], *, peer: str) -> list[Result]:
    """Reduce samples to medians, and each to its ratio against the peer."""

    def median(tool: str, setting: str, field: str) -> float:
        return float(statistics.median(getattr(each, field) for each in samples[tool, setting]))

    return [
        Result(
            tool=tool,
            setting=setting,
            wall=round(median(tool, setting, "wall"), 3),
            cpu=round(median(tool, setting, "cpu"), 3),
            peak=round(median(tool, setting, "peak")),
            size=round(median(tool, setting, "size")),
            ratio=round(median(tool, setting, "wall") / median(peer, setting, "wall"), 4),
            cpu_ratio=round(median(tool, setting, "cpu") / median(peer, setting, "cpu"), 4),
        )
        for tool, setting in samples
    ]


def table(results: Sequence[Result]) -> str:
    """Lay results out for people."""
    head = (
        f"{'':8}{'tool':14}{'wall s':>9}{'cpu s':>9}{'peak MiB':>10}{'size MB':>9}"
        f"{'ratio':>8}{'of cpu':>8}"
    )
    rows = [
        f"{result.setting:8}{result.tool:14}{result.wall:9.2f}{result.cpu:9.2f}"
        f"{result.peak:10}{result.size / 1e6:9.1f}{result.ratio:8.3f}{result.cpu_ratio:8.3f}"
        for result in sorted(results, key=lambda result: (result.setting, result.tool))
    ]
    return "\n".join([head, *rows])


def uv(*arguments: str, cwd: Path) -> None:
    """Run uv to completion."""
    subprocess.run([program("uv"), *arguments], cwd=cwd, check=True)


def program(name: str) -> str:
    """Find a program beside this interpreter first, then on PATH."""
    beside = Path(sys.executable).with_name(name)
    found = str(beside) if beside.exists() else shutil.which(name)
    if found is None:
        sys.exit(f"{name} is not installed: see benchmarks/README.md")
    return found


def say(text: str) -> None:
    """Tell on stderr what is going on."""
    print(text, file=sys.stderr)
