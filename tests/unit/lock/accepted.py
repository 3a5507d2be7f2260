"""Locks that are unusual, and read all the same."""

from __future__ import annotations

from tests.unit.lock.pieces import APP, DEP, HEAD, URL, package, wheel

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
}
