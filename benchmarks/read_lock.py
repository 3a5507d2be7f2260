"""How long a lock takes to read, as multiples of what nothing can do without.

    python -m benchmarks.read_lock [MEGABYTES]

Makes a lock of the given size (10) in a temporary directory and times, each in a process
of its own, the best of several runs:

- ``tomli.loads`` of its text: the part that is not ours;
- ``repackage.lock.read_lock``;
- ``uv export --frozen`` of the same file, which reads it and walks it, where uv is at hand.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RUNS = 5
HEAD = 'version = 1\nrevision = 5\nrequires-python = ">=3.10"\n'
ROOT = (
    '[[package]]\nname = "app"\nversion = "1.0"\nsource = { virtual = "." }\ndependencies = [\n'
)
#: As large binary packages have them: a wheel for each Python, machine and libc.
TAGS = [
    f"cp3{minor}-cp3{minor}-{platform}"
    for minor in range(10, 15)
    for platform in (
        "macosx_10_13_x86_64",
        "macosx_11_0_arm64",
        "manylinux_2_17_aarch64.manylinux2014_aarch64",
        "manylinux_2_17_x86_64.manylinux2014_x86_64",
        "musllinux_1_2_aarch64",
        "musllinux_1_2_x86_64",
        "win_amd64",
    )
]
MARKERS = (
    "",
    "python_full_version < '3.12'",
    "sys_platform == 'win32'",
    "platform_machine == 'aarch64' and sys_platform == 'linux'",
)


def lock(size: int) -> str:
    """Write a lock of so many bytes: chains of packages, a third of them with many wheels."""
    packages: list[str] = []
    written = 0
    while written < size:
        packages.append(_package(len(packages)))
        written += len(packages[-1])
    roots = "".join(f'    {{ name = "{_name(each)}" }},\n' for each in range(len(packages)))
    return f"{HEAD}\n{ROOT}{roots}]\n" + "".join(packages)


def _name(number: int) -> str:
    return f"package-{number}"


def _package(number: int) -> str:
    edges = "".join(_edge(number, step) for step in range(1, min(number, 6) + 1))
    tags = TAGS if number % 3 == 0 else ["py3-none-any"]
    wheels = "".join(f"    {{ {_file(number, f'-{tag}.whl')} }},\n" for tag in tags)
    return (
        f'\n[[package]]\nname = "{_name(number)}"\nversion = "1.{number}.0"\n'
        'source = { registry = "https://index.example/simple" }\n'
        f"dependencies = [\n{edges}]\n"
        f"sdist = {{ {_file(number, '.tar.gz')} }}\nwheels = [\n{wheels}]\n"
    )


def _edge(number: int, step: int) -> str:
    marker = MARKERS[(number + step) % len(MARKERS)]
    also = f', marker = "{marker}"' if marker else ""
    return f'    {{ name = "{_name(number - step)}"{also} }},\n'


def _file(number: int, ending: str) -> str:
    stem = f"package_{number}-1.{number}.0{ending}"
    digest = hashlib.sha256(stem.encode()).hexdigest()
    url = f"https://files.example/packages/{digest[:2]}/{digest[2:4]}/{digest[4:]}/{stem}"
    return (
        f'url = "{url}", hash = "sha256:{digest}", size = {number + 1000},'
        ' upload-time = "2025-01-02T03:04:05.678901Z"'
    )


def timed_here(statement: str, path: Path) -> float:
    """The best time of a statement in this kind of interpreter, without its imports."""
    script = (
        "import sys, time, tomli\nfrom pathlib import Path\n"
        "from repackage.lock import read_lock\npath = Path(sys.argv[1])\n"
        f"begun = time.perf_counter()\n{statement}\nprint(time.perf_counter() - begun)\n"
    )
    command = [sys.executable, "-c", script, str(path)]
    return min(
        float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        for _ in range(RUNS)
    )


def timed_uv(uv: str, path: Path) -> float:
    """The best time of a whole run of uv, its start included."""
    command = [uv, "export", "--frozen", "--offline", "--no-hashes", "-q", "-o", os.devnull]
    command += ["--preview-features", "frozen-lockfile", "--directory", str(path.parent)]
    return min(_wall(command) for _ in range(RUNS))


def _wall(command: list[str]) -> float:
    begun = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - begun


def main() -> None:
    """Print one line for each reader."""
    megabytes = float(sys.argv[1]) if len(sys.argv) > 1 else 10.0
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory, "uv.lock")
        path.write_text(lock(int(megabytes * 1_000_000)), encoding="utf-8")
        times = {
            "tomli.loads": timed_here("tomli.loads(path.read_text('utf-8'))", path),
            "read_lock": timed_here("read_lock(path)", path),
        }
        if uv := shutil.which("uv"):
            times["uv export --frozen"] = timed_uv(uv, path)
    print(f"{megabytes:g} MB")
    for name, seconds in times.items():
        print(f"{name:20} {seconds:6.2f} s  {seconds / times['tomli.loads']:5.2f} x tomli")


if __name__ == "__main__":
    main()
