"""What the manifest changes in the metadata of others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.version import Version

from repackage.lock import Exclude, Override, Scope, read_lock
from repackage.lock._fields import name

if TYPE_CHECKING:
    from pathlib import Path

#: As uv 0.13.9 writes it, but for the static metadata's Python.
LOCK = """\
version = 1
revision = 3
requires-python = ">=3.10"

[manifest]
constraints = [{ name = "d", specifier = "<3" }]
overrides = [
    { package = { name = "a" }, dependencies = [{ name = "d", specifier = "==1.5" }] },
    { package = { name = "A", version = "1.0" }, dependencies = [{ name = "b" }] },
    { name = "b", marker = "sys_platform == 'win32'", specifier = "==1.5" },
]
excludes = ["d.d", { package = { name = "a", version = "1.0" }, dependencies = ["d", "E"] }]

[[manifest.dependency-metadata]]
name = "C"
version = "1.0"
requires-dist = ["b<2; extra == 'x'"]
requires-python = ">=3.8"
"""


def test_the_manifest_tells_what_it_changes(tmp_path: Path) -> None:
    path = tmp_path / "uv.lock"
    path.write_text(LOCK)

    manifest = read_lock(path).manifest

    a, everywhere = name("a"), None
    assert [str(each.specifier) for each in manifest.constraints] == ["<3"]
    assert [
        (each.scope, [f"{d.name}{d.specifier or ''};{d.marker}" for d in each.dependencies])
        for each in manifest.overrides
    ] == [
        (Scope(name=a), ["d==1.5;"]),
        (Scope(name=a, version=Version("1.0")), ["b;"]),
        (everywhere, ["b==1.5;sys_platform == 'win32'"]),
    ]
    assert manifest.excludes == (
        Exclude(dependencies=(name("d-d"),)),
        Exclude(scope=Scope(name=a, version=Version("1")), dependencies=(name("d"), name("e"))),
    )
    (static,) = manifest.static_metadata
    assert (static.name, static.version) == ("c", Version("1.0"))
    assert [str(each) for each in static.requires_dist] == ['b<2; extra == "x"']
    assert str(static.requires_python) == ">=3.8"


def test_a_requirement_with_a_name_is_no_scoped_one_whatever_else_it_has(
    tmp_path: Path,
) -> None:
    """As uv has it: there, unknown keys of a requirement are ignored."""
    path = tmp_path / "uv.lock"
    path.write_text(
        'version = 1\nrequires-python = ""\n[manifest]\n'
        'overrides = [{ name = "b", package = { name = "a" }, dependencies = [] }]\n'
    )

    (override,) = read_lock(path).manifest.overrides

    assert isinstance(override, Override)
    assert override.scope is None
