"""Pieces of locks without a graph, and what is accepted and refused of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from repackage.lock import Lock, read_lock
from tests.unit.lock.pieces import SHA

if TYPE_CHECKING:
    from pathlib import Path

HEAD = 'lock-version = "1.0"\ncreated-by = "a-tool"\n'
EMPTY = "packages = []\n"
INDEX = 'index = "https://index.example/simple"'
HASHES = f'hashes = {{ sha256 = "{SHA}" }}'
WHEEL = f'{{ url = "https://files.example/dep-1.0-py3-none-any.whl", {HASHES} }}'
DEP = f'[[packages]]\nname = "dep"\nversion = "1.0"\n{INDEX}\nwheels = [{WHEEL}]\n'
COMMIT = "A" * 40


def read_pylock(text: str, directory: Path, name: str = "pylock.toml") -> Lock:
    """Write a lock and read it."""
    path = directory / name
    path.write_text(text, encoding="utf-8")
    return read_lock(path)


def dep(body: str, *, version: str = 'version = "1.0"') -> str:
    """One package."""
    return f'{HEAD}[[packages]]\nname = "dep"\n{version}\n{body}\n'


def a_wheel(entry: str) -> str:
    """One package with one wheel."""
    return dep(f"wheels = [{{ {entry} }}]")


def a_vcs(entry: str) -> str:
    """One package from a repository."""
    return dep(f"vcs = {{ {entry} }}", version="")


ACCEPTED = {
    "nothing": HEAD + EMPTY,
    "everything at the top": (
        f'{HEAD}requires-python = ">=3.10"\nenvironments = ["sys_platform == \'linux\'"]\n'
        'extras = ["a"]\ndependency-groups = ["Dev"]\ndefault-groups = ["default"]\n'
        f"{EMPTY}[tool.a-tool]\nx = 1\n"
    ),
    "unknown keys": f"{HEAD}x = 1\n{EMPTY}",
    "a newer minor version": HEAD.replace("1.0", "1.7") + EMPTY,
    "a byte order mark": "\ufeff" + HEAD + EMPTY,
    "other line ends": (HEAD + DEP).replace("\n", "\r\n"),
    "attestations": dep(f'wheels = [{WHEEL}]\nattestation-identities = [{{ kind = "x" }}]'),
    "a table of the tool": HEAD + DEP + "[packages.tool.a-tool]\ny = 2\n",
    "an upload time": a_wheel(
        f'url = "https://f.example/dep-1.0-py3-none-any.whl", {HASHES},'
        " upload-time = 2025-01-01T00:00:00Z"
    ),
    "two entries of one name": HEAD + DEP + DEP,
    "a marker with sets": dep(
        f"wheels = [{WHEEL}]\n"
        "marker = \"'a' in extras and 'dev' not in dependency_groups or os_name == 'nt'\""
    ),
    "a dependency that is nowhere": dep(
        f'wheels = [{WHEEL}]\ndependencies = [{{ name = "x" }}]'
    ),
    "a dependency without a name": dep(f"wheels = [{WHEEL}]\ndependencies = [{{ x = 1 }}]"),
    "an algorithm that is not known beside one that is": a_wheel(
        'url = "https://f.example/dep-1.0-py3-none-any.whl",'
        f' hashes = {{ sha256 = "{SHA}", sha3_256 = "{SHA}", blake2b = "{SHA}{SHA}" }}'
    ),
}

REFUSED = {
    "no version": ('created-by = "x"\npackages = []\n', "lock-version: missing"),
    "a version as a number": (
        "lock-version = 1.0\n" + EMPTY,
        "lock-version: unexpected type float",
    ),
    "a version that is none": (HEAD.replace("1.0", "x"), "lock-version: invalid version: 'x'"),
    "a URL that is none": (
        a_wheel(f'url = "http://[", {HASHES}'),
        r"packages\[0\]: invalid IPv6 URL",
    ),
    "a newer major version": (
        HEAD.replace("1.0", "2.0") + EMPTY,
        r"lock-version: unsupported version \('2.0'; only 1 is known\)",
    ),
    "an older version": (HEAD.replace("1.0", "0.9") + EMPTY, "unsupported version"),
    "a version of another epoch": (HEAD.replace("1.0", "1!1.1") + EMPTY, "unsupported version"),
    "no tool": ('lock-version = "1.0"\npackages = []\n', "created-by: missing"),
    "no packages": (HEAD, "packages: missing"),
    "packages as a table": (HEAD + "[packages]\n", "packages: unexpected type dict"),
    "a package in words": (HEAD + 'packages = ["x"]\n', r"packages\[0\]: unexpected type str"),
    "a Python that is none": (
        f'{HEAD}requires-python = "x"\n{EMPTY}',
        "requires-python: invalid specifier",
    ),
    "an extra that is not normal": (f'{HEAD}extras = ["A"]\n{EMPTY}', r"extras\[0\]: name 'A'"),
    "a group that is no name": (
        f'{HEAD}dependency-groups = ["-"]\n{EMPTY}',
        "dependency-groups: '-' is not a name",
    ),
    "an environment that is none": (
        f'{HEAD}environments = ["x"]\n{EMPTY}',
        r"environments\[0\]: .*expected",
    ),
    "an environment with extras": (
        f"{HEAD}environments = [\"'a' in extras\"]\n{EMPTY}",
        r"environments\[0\]: .* asks for what has no value here",
    ),
    "no name": (f"{HEAD}[[packages]]\nwheels = [{WHEEL}]\n", r"packages\[0\]\.name: missing"),
    "a name that is not normal": (
        HEAD + DEP.replace('"dep"', '"Dep"'),
        r"packages\[0\]\.name: name 'Dep' is not normalized",
    ),
    "a marker of another kind of file": (
        dep(f"wheels = [{WHEEL}]\nmarker = \"extra == 'a'\""),
        r"packages\[0\]\.marker: .*asks for what has no value here: .*extra",
    ),
    "a marker that compares what has no order": (
        dep(f"wheels = [{WHEEL}]\nmarker = \"sys_platform ~= 'linux'\""),
        r"packages\[0\]\.marker: .* cannot be evaluated",
    ),
    "no source": (dep(""), r"packages\[0\]: exactly one of vcs, directory, archive"),
    "two sources": (
        dep(f'directory = {{ path = "." }}\nwheels = [{WHEEL}]'),
        r"packages\[0\]: none of vcs, directory, archive must be set",
    ),
    "a wheel of another project": (
        HEAD + DEP.replace("dep-1.0", "other-1.0"),
        r"packages\[0\]\.wheels\[0\]: name in 'other-1.0-py3-none-any.whl' is not",
    ),
    "a wheel of another version": (
        HEAD + DEP.replace("dep-1.0", "dep-2.0"),
        r"packages\[0\]\.wheels\[0\]: version in",
    ),
    "a wheel from nowhere": (a_wheel(HASHES), r"wheels\[0\]: path or url must be provided"),
    "a wheel without digest": (
        a_wheel('url = "https://f.example/dep-1.0-py3-none-any.whl"'),
        r"packages\[0\]\.wheels\[0\]\.hashes: missing",
    ),
    "a digest of the wrong length": (
        a_wheel(
            'url = "https://f.example/dep-1.0-py3-none-any.whl", hashes = { sha256 = "0" }'
        ),
        r"packages\[0\]\.wheels\[0\]\.hashes\.sha256: .* is not 64 hexadecimal digits long",
    ),
    "no digest that is known": (
        a_wheel('url = "https://f.example/dep-1.0-py3-none-any.whl", hashes = { sha1 = "0" }'),
        r"hashes: none is of a kind that is known: sha1 \(known: sha256",
    ),
    "a negative size": (
        a_wheel(f'url = "https://f.example/dep-1.0-py3-none-any.whl", size = -1, {HASHES}'),
        r"wheels\[0\]\.size: -1 is not a size",
    ),
    "an sdist of another project": (
        dep(f'sdist = {{ url = "https://f.example/x-1.0.tar.gz", {HASHES} }}'),
        r"packages\[0\]\.sdist: name in",
    ),
    "a repository that is not git's": (
        a_vcs('type = "hg", url = "https://h.example/dep", commit-id = "1"'),
        r"packages\[0\]\.vcs\.type: 'hg' is not supported, only git is",
    ),
    "a commit that is none": (
        a_vcs('type = "git", url = "https://g.example/dep", commit-id = "main"'),
        r"packages\[0\]\.vcs\.commit-id: 'main' is not a full commit",
    ),
    "a repository behind a program": (
        a_vcs(f'type = "git", url = "ext::sh -c x", commit-id = "{COMMIT}"'),
        r"packages\[0\]\.vcs\.url: 'ext::sh -c x' has no scheme",
    ),
    "a repository that is an option": (
        a_vcs(f'type = "git", url = "--upload-pack=x", commit-id = "{COMMIT}"'),
        r"vcs\.url: .* has no scheme",
    ),
    "a project outside of its repository": (
        a_vcs(
            f'type = "git", url = "https://g.example/dep", commit-id = "{COMMIT}",'
            ' subdirectory = "../x"'
        ),
        r"packages\[0\]\.vcs\.subdirectory: '\.\./x' leads out of the source tree",
    ),
    "a project at the root of the machine": (
        dep('directory = { path = ".", subdirectory = "/x" }', version=""),
        r"directory\.subdirectory: '/x' leads out",
    ),
    "an archive of another project": (
        dep(f'archive = {{ url = "https://f.example/x-1.0-py3-none-any.whl", {HASHES} }}'),
        r"packages\[0\]\.archive: 'x-1.0-py3-none-any.whl' is a wheel of 'x', not of 'dep'",
    ),
    "an archive with a name that leads elsewhere": (
        dep(f'archive = {{ url = "https://f.example/..%2F..%2Fx", {HASHES} }}'),
        r"archive: '\.\./\.\./x' is not a plain file name",
    ),
}
