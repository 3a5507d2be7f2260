"""Time wheel + lock to deb: repackage, against ``uv pip install --target`` and nfpm.

Rounds are interleaved, so that a busy machine slows both alike; read the ratios, not the
seconds. Caches are warm: both sides have every wheel on disk before the first round.
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
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

#: What is called: (our setting, nfpm's) for each compression.
COMPRESSIONS = {"gz": ("gz", "gzip"), "zst": ("zst", "zstd"), "xz": ("xz", "xz")}

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
    """Bytes of the deb."""


@dataclass(frozen=True, kw_only=True)
class Result:
    """The medians of one side for one compression."""

    tool: str
    compression: str
    wall: float
    cpu: float
    peak: int
    size: int
    ratio: float
    """Wall time over the peer's."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Prepare a corpus, run the rounds, print the table."""
    options = parser().parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=options.directory) as scratch:
        corpus = prepare(Path(scratch, "app"), CORPORA[options.corpus])
        samples = rounds(corpus, Path(scratch), options)
    results = summarise(samples)
    if options.json:
        facts = {"machine": platform.machine(), "cores": os.cpu_count()}
        print(json.dumps({**facts, "results": [asdict(result) for result in results]}))
    else:
        print(table(results))


def parser() -> argparse.ArgumentParser:
    """Describe the command line."""
    made = argparse.ArgumentParser(description=__doc__)
    made.add_argument("--corpus", choices=CORPORA, default="M")
    made.add_argument("--rounds", type=int, default=5)
    made.add_argument(
        "--compression", choices=COMPRESSIONS, action="append", help="may repeat; default: all"
    )
    made.add_argument("--target", default="debian-12", help="what repackage builds for")
    made.add_argument("--python", default="3.11", help="the target's Python, for uv")
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
    corpus: Corpus, scratch: Path, options: argparse.Namespace
) -> dict[tuple[str, str], list[Sample]]:
    """Run both sides in turn, after one round each that warms the caches."""
    samples: dict[tuple[str, str], list[Sample]] = defaultdict(list)
    sides: list[tuple[str, Side]] = [("repackage", repackage), ("uv + nfpm", uv_and_nfpm)]
    for compression in options.compression or COMPRESSIONS:
        for number in range(options.rounds + 1):
            for tool, side in sides if number % 2 else reversed(sides):
                out = Path(tempfile.mkdtemp(dir=scratch))
                say(f"{compression} round {number}: {tool}")
                sample = side(corpus, out, compression, options)
                shutil.rmtree(out)
                if number:
                    samples[tool, compression].append(sample)
    return samples


Side = Callable[[Corpus, Path, str, argparse.Namespace], Sample]


def repackage(
    corpus: Corpus, out: Path, compression: str, options: argparse.Namespace
) -> Sample:
    """One command: wheel and lock to deb."""
    setting, _ = COMPRESSIONS[compression]
    command = [
        *(program("repackage"), "build", "--format", "deb", str(corpus.wheel)),
        *("--lock", str(corpus.lock), "--target", options.target),
        *("--out-dir", str(out), "--quiet", "-C", f"deb.compression={setting}"),
    ]
    return measure([command], out)


def uv_and_nfpm(
    corpus: Corpus, out: Path, compression: str, options: argparse.Namespace
) -> Sample:
    """Two commands: install the closure into a directory, package the directory."""
    _, setting = COMPRESSIONS[compression]
    tree, config = out / "tree", out / "nfpm.yaml"
    config.write_text(
        "name: service\narch: amd64\nversion: 1.0.0\nmaintainer: Benchmark <b@example.org>\n"
        f"contents:\n  - src: {tree}\n    dst: /usr/lib/service\n    type: tree\n"
        f"deb:\n  compression: {setting}\n"
    )
    install = [
        *(program("uv"), "pip", "install", "--quiet", "--no-deps"),
        *("--target", str(tree), "--python-version", options.python),
        *("--python-platform", f"{platform.machine()}-manylinux_2_28"),
        *("--requirement", str(corpus.requirements), str(corpus.wheel)),
    ]
    pack = [
        *(program("nfpm"), "package", "--packager", "deb"),
        *("--config", str(config), "--target", str(out)),
    ]
    return measure([install, pack], out)


def measure(commands: Sequence[Sequence[str]], out: Path) -> Sample:
    """Run commands one after the other; sum their times, take the larger peak."""
    wall = cpu = 0.0
    peak = 0
    for command in commands:
        begin = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        wall += time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            sys.exit(f"status {process.returncode}: {' '.join(command)}")
        cpu += usage.ru_utime + usage.ru_stime
        peak = max(peak, usage.ru_maxrss // 1024)
    (deb,) = out.glob("*.deb")
    return Sample(wall=wall, cpu=cpu, peak=peak, size=deb.stat().st_size)


def summarise(samples: dict[tuple[str, str], list[Sample]]) -> list[Result]:
    """Reduce samples to medians, and each to its ratio against the peer."""

    def median(key: tuple[str, str], field: str) -> float:
        return float(statistics.median(getattr(sample, field) for sample in samples[key]))

    return [
        Result(
            tool=tool,
            compression=compression,
            wall=round(median((tool, compression), "wall"), 3),
            cpu=round(median((tool, compression), "cpu"), 3),
            peak=round(median((tool, compression), "peak")),
            size=round(median((tool, compression), "size")),
            ratio=round(
                median((tool, compression), "wall")
                / median(("uv + nfpm", compression), "wall"),
                4,
            ),
        )
        for tool, compression in samples
    ]


def table(results: Sequence[Result]) -> str:
    """Lay results out for people."""
    head = (
        f"{'':6}{'tool':12}{'wall s':>9}{'cpu s':>9}{'peak MiB':>10}{'size MB':>9}{'ratio':>8}"
    )
    rows = [
        f"{result.compression:6}{result.tool:12}{result.wall:9.2f}{result.cpu:9.2f}"
        f"{result.peak:10}{result.size / 1e6:9.1f}{result.ratio:8.3f}"
        for result in sorted(results, key=lambda result: (result.compression, result.tool))
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


if __name__ == "__main__":
    main()
