"""What of a lock some selection could bring to a target."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from repackage.check._possible import possible
from repackage.lock import read_lock
from repackage.resolve import Environment
from tests.unit.check.conftest import TARGET

if TYPE_CHECKING:
    from pathlib import Path

HEAD = 'version = 1\nrevision = 3\nrequires-python = ">=3.10"\n'
INDEX = '{ registry = "https://index.example/simple" }'


def package(name: str, *needs: str, source: str = INDEX, more: str = "") -> str:
    edges = ", ".join(f"{{ {need} }}" for need in needs)
    return (
        f'[[package]]\nname = "{name}"\nversion = "1.0"\nsource = {source}\n'
        f"dependencies = [{edges}]\n{more}"
    )


def need(name: str, marker: str = "") -> str:
    return f'name = "{name}"' + (f', marker = "{marker}"' if marker else "")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # from the one project, with its extras, groups, and what they lead to
        (
            package(
                "app",
                need("a"),
                need("win", "sys_platform == 'win32'"),
                source='{ editable = "." }',
                more='[package.optional-dependencies]\nx = [{ name = "b" }]\n'
                '[package.dev-dependencies]\ndev = [{ name = "c" }]\n',
            )
            + package("a", need("below"))
            + "".join(map(package, ("b", "below", "c")))
            + package("win", need("beneath"))
            + package("beneath"),
            {"app", "a", "b", "below", "c"},
        ),
        # whatever conflicts: each side is possible
        (
            package(
                "app",
                need("a", "extra == 'extra-3-app-x'"),
                need("b", "extra != 'extra-3-app-x' and os_name == 'posix'"),
                need("c", "extra == 'extra-3-app-x' and os_name == 'nt'"),
                source='{ virtual = "." }',
            )
            + "".join(map(package, "abc")),
            {"app", "a", "b"},
        ),
        # from every member of a workspace
        (
            '[manifest]\nmembers = ["one", "two"]\n'
            + package("one", need("a"), source='{ editable = "one" }')
            + package("two", need("b"), source='{ editable = "two" }')
            + "".join(map(package, "abc")),
            {"one", "two", "a", "b"},
        ),
        # from what a script requires, and the groups of a root that is no project
        (
            '[manifest]\nrequirements = [{ name = "a" },'
            ' { name = "win", marker = "os_name == \'nt\'" }]\n'
            '[manifest.dependency-groups]\ndev = [{ name = "b" }]\n'
            + "".join(map(package, ("a", "b", "c", "win"))),
            {"a", "b"},
        ),
        # from sources on disk, where no member is named
        (
            package("lib", need("a"), source='{ directory = "lib" }')
            + "".join(map(package, "ab")),
            {"lib", "a"},
        ),
        # of a lock without any root, everything
        ("".join(map(package, "ab")), {"a", "b"}),
    ],
)  # fmt: skip
def test_what_an_edge_leads_to_whose_marker_can_be_true_is_possible(
    tmp_path: Path, text: str, expected: set[str]
) -> None:
    path = tmp_path / "uv.lock"
    path.write_text(HEAD + text)

    found = possible(read_lock(path), Environment(TARGET.markers))

    assert {identity.name for identity in found} == expected


def test_in_a_list_what_has_a_marker_that_can_be_true_is_possible(tmp_path: Path) -> None:
    path = tmp_path / "pylock.toml"
    path.write_text(
        'lock-version = "1.0"\ncreated-by = "uv"\nextras = ["x"]\n'
        + "".join(
            f'[[packages]]\nname = "{name}"\nversion = "1.0"\n{marker}'
            f'sdist = {{ url = "https://i.example/{name}-1.0.tar.gz",'
            f' hashes = {{ sha256 = "{"0" * 64}" }} }}\n'
            for name, marker in (
                ("a", ""),
                ("b", "marker = \"'x' in extras\"\n"),
                ("c", "marker = \"os_name == 'nt'\"\n"),
            )
        )
    )

    found = possible(read_lock(path), Environment(TARGET.markers))

    assert {identity.name for identity in found} == {"a", "b"}
