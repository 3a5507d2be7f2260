"""Locks that are unusual, and read all the same."""

from __future__ import annotations

from tests.unit.lock.pieces import APP, DEP, HEAD, SHA, URL, package, wheel

ACCEPTED = {
    "no revision": 'version = 1\nrequires-python = ">=3.10"\n',
    "a revision to come": 'version = 1\nrevision = 99\nrequires-python = ">=3.10"\n',
    "any Python": 'version = 1\nrequires-python = ""\n',
    "no packages": HEAD,
    "unknown keys": (
        f"{HEAD}later = 1\n[options]\nlater = 1\n[manifest]\nlater = 1\n"
        f'{APP}later = 1\ndependencies = [{{ name = "app", later = 1 }}]\n'
    ),
    "an unknown option value": f'{HEAD}[options]\nresolution-mode = "weird"\n',
    "a byte order mark": f"\ufeff{HEAD}",
    "Windows line ends": HEAD.replace("\n", "\r\n"),
    "comments and dotted keys": f'# note\n{HEAD}manifest.members = ["app"]\n{APP}',
    "packages called distributions": HEAD + APP.replace("[[package]]", "[[distribution]]"),
    "groups under their old name": (
        f"{HEAD}{APP}[package.dependency-groups]\ndev = []\n"
        "[package.metadata.dependency-groups]\ndev = []\n"
    ),
    "names that are not normal": HEAD + APP.replace('"app"', '"A_.-pp"'),
    "an upload time under its old name": wheel(f'url = "{URL}", upload_time = "2025-01-01"'),
    "a vendor's compressed metadata": wheel(f'url = "{URL}", zstd = {{ size = 1 }}'),
    "a wheel without hash from an index": wheel(f'url = "{URL}"'),
    "an upper-case digest": wheel(f'url = "{URL}", hash = "sha256:{"A" * 64}"'),
    "a wheel with a local version": wheel(
        'url = "https://files.example/dep-1.0%2Bcu1-py3-none-any.whl#x"'
    ),
    "an equal version": wheel('url = "https://files.example/dep-1-py3-none-any.whl"'),
    "a variant label": wheel('url = "https://files.example/dep-1.0-py3-none-any-x86v3.whl"'),
    "a dynamic version": package('{ editable = "." }', version=""),
    "an unknown extra on an edge": (
        f'{HEAD}{APP}dependencies = [{{ name = "dep", extra = ["x"] }}]\n{DEP}'
    ),
    "the same edge under two markers": (
        f'{HEAD}{APP}dependencies = [{{ name = "dep", marker = "os_name == \'nt\'" }},'
        f' {{ name = "dep" }}]\n{DEP}'
    ),
    "conflicts": f'{HEAD}conflicts = [[{{ package = "a" }}, {{ package = "a", extra = "x" }}]]\n',
    "scoped overrides and excludes": (
        f"{HEAD}[manifest]\nexcludes = ['x', {{ package = {{ name = 'a' }}, dependencies = ['y'] }}]\n"
        "overrides = [{ name = 'b', specifier = '>=1' },"
        " { package = { name = 'a' }, dependencies = [] }]\n"
    ),
    "a libc floor": f'{HEAD}[options.minimum-libc-version]\nglibc = "2.28"\n',
    "a source of two kinds": package(f'{{ url = "{URL}", registry = "https://i.example/" }}'),
    "an archive without hash": package('{ path = "dep-1.0.tar.gz" }', "sdist = { size = 1 }"),
    "an archive of which nothing is said": package('{ url = "https://f.example/a.tar.gz" }'),
    "a hash of what is built from a source tree": package(
        '{ directory = "dep" }', f'sdist = {{ hash = "sha256:{SHA}" }}'
    ),
    "a wheel with a build tag and a variant label": wheel(
        'url = "https://files.example/dep-1.0-1-py3-none-any-x86v3.whl"'
    ),
    "a wheel with a build tag that is a number and more": wheel(
        'url = "https://files.example/dep-1.0-1abc-py3-none-any.whl"'
    ),
    "a wheel for platforms that nobody knows": wheel(
        'url = "https://files.example/dep-1.0-py9-weird-moon.whl"'
    ),
    "a wheel by path from an index": wheel('path = "dep-1.0-py3-none-any.whl"'),
    "a name in a URL with percent signs": wheel(
        'url = "https://files.example/dep%2D1.0-py3-none-any.whl?x=1"'
    ),
    **{
        f"a digest by {algorithm}": wheel(f'url = "{URL}", hash = "{algorithm}:{"a" * digits}"')
        for algorithm, digits in (("md5", 32), ("sha384", 96), ("sha512", 128), ("blake2b", 64))
    },
    "a wheel of a dynamic version": package(
        '{ directory = "d" }', 'wheels = [{ filename = "dep-3-py3-none-any.whl" }]', version=""
    ),
    "git with all that it can say": package(
        '{ git = "ssh://git@git.example/x?subdirectory=a%2Fb&lfs=true&tag=v1#'
        + "A" * 40
        + '" }'
    ),
    "git in a directory": package('{ git = "file:///x?branch=b#' + "a" * 40 + '" }'),
    "a direct URL without version": package(f'{{ url = "{URL}" }}', version=""),
    "two packages of one name": (f"{HEAD}{DEP}{DEP.replace('index.example', 'other.example')}"),
    "an edge with nothing in its marker's place": (
        f"{HEAD}{APP}dependencies = [{{ name = 'dep', extra = [] }}]\n{DEP}"
    ),
    "an edge twice with other extras": (
        f"{HEAD}{APP}dependencies = [{{ name = 'dep' }}, {{ name = 'dep', extra = ['z'] }}]\n"
        f"{DEP}"
    ),
    "every default group": f"{HEAD}{APP}default-groups = 'all'\n",
    "a required environment": f"{HEAD}required-markers = [\"os_name == 'nt'\"]\n",
    "no conflicts": f"{HEAD}conflicts = []\n",
    "a Python with gaps": HEAD.replace(">=3.10", "<3.14,!=3.12.*"),
    "a Python that is compatible": HEAD.replace(">=3.10", "~=3.11"),
    "a version with a v": package('{ editable = "." }', version='version = "v1.0"'),
    "a requirement with an index and a conflict": (
        f"{HEAD}{APP}[package.metadata]\nrequires-dist = [{{ name = 'a',"
        " index = 'file:///flat', conflict = { package = 'a', extra = 'b' } }]\n"
    ),
    "a requirement of a branch": (
        f"{HEAD}{APP}[package.metadata]\n"
        "requires-dist = [{ name = 'a', git = 'https://g.example/x?rev=main' }]\n"
    ),
}
