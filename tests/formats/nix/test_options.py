"""Options, licences and names: what is taken, what is refused, and how it is spelled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from repackage.errors import ConfigError
from repackage_formats.nix import Options
from repackage_formats.nix._licenses import license_value
from repackage_formats.nix._sources import sri, store_name
from repackage_formats.nix._syntax import Code, render

if TYPE_CHECKING:
    from repackage_formats.nix._syntax import Value


@pytest.mark.parametrize(
    ("options", "where"),
    [
        ({"package": "a b"}, "package"),
        ({"package": "../x"}, "package"),
        ({"python": "python3.13"}, "python"),
        ({"python": "with"}, "python"),
        ({"python": "python"}, "python"),
        ({"build_inputs": ("system.x",)}, "build-inputs"),
        ({"systems": ("x86_64-linx",)}, "systems"),
        ({"systems": ()}, "systems"),
        ({"systems": ("x86_64-linux", "x86_64-linux")}, "systems"),
        ({"glibc": "2"}, "glibc"),
        ({"macos": "fourteen"}, "macos"),
        ({"wheel_url": "file:///x.whl"}, "wheel-url"),
        ({"homepage": "javascript:alert(1)"}, "homepage"),
        ({"changelog": "x"}, "changelog"),
        ({"build_inputs": ("openssl; rm",)}, "build-inputs"),
        ({"ignore_missing": ("a\nb",)}, "ignore-missing"),
        ({"maintainers": ("a.b",)}, "maintainers"),
        ({"description": "two\nlines"}, "description"),
    ],
)
def test_what_cannot_be_written_is_refused(options: dict[str, Any], where: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Options(**options)

    assert {problem.where for problem in caught.value.problems} == {where}


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        Options(package="a b", python="1", glibc="x", maintainers=("a b",))

    assert len(caught.value.problems) == 4


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("UNKNOWN", None),
        ("mit", Code("lib.licenses.mit")),
        ("Apache-2.0 OR MIT", (Code("lib.licenses.asl20"), Code("lib.licenses.mit"))),
        ("MIT AND MIT", Code("lib.licenses.mit")),
        ("Beerware", Code('lib.getLicenseFromSpdxId "Beerware"')),
        ("LicenseRef-Their-Own", {"fullName": "Their Own"}),
        ("Do what\nyou like", {"fullName": "Do what you like"}),
        ("MIT AND (ISC OR Zlib)", {"fullName": "MIT AND (ISC OR Zlib)"}),
        (
            "GPL-3.0-only WITH Classpath-exception-2.0",
            {"fullName": "GPL-3.0-only WITH Classpath-exception-2.0"},
        ),
    ],
)
def test_licences_are_spelled_as_nixpkgs_has_them(text: str, value: Value | None) -> None:
    assert license_value(text) == value


def test_a_licence_that_is_looked_up_stands_in_brackets_among_others() -> None:
    value = license_value("Beerware AND MIT")

    assert value is not None
    assert render(value) == (
        '[\n  (lib.getLicenseFromSpdxId "Beerware")\n  lib.licenses.mit\n]'
    )


def test_hashes_and_names_are_spelled_as_the_store_wants_them() -> None:
    digest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    assert sri(digest) == "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
    assert store_name("app-1!2.0-py3-none-any.whl") == "app-1=2.0-py3-none-any.whl"
