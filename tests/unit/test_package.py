from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.utils import NormalizedName
from packaging.version import Version

from repackage.metadata import Metadata
from repackage.package import Contact, Package, package_of
from repackage.wheel import EntryPoint, Wheel

BARE = Metadata(
    metadata_version="2.4",
    name=NormalizedName("my-app"),
    display_name="My_App",
    version=Version("1.0"),
)


def described(**fields: object) -> Package:
    metadata = replace(BARE, **fields)  # type: ignore[arg-type]  # fields of Metadata
    wheel = Wheel(
        path=Path("my_app-1.0-py3-none-any.whl"),
        filename="my_app-1.0-py3-none-any.whl",
        name=BARE.name,
        version=BARE.version,
        build=(),
        tags=frozenset(),
        purelib=True,
        dist_info="my_app-1.0.dist-info",
        metadata=metadata,
        entry_points=tuple(
            EntryPoint(name=name, module="my_app", attribute="main", kind="console")
            for name in ("serve", "app")
        ),
        newest=315532800,
        size=0,
        sha256="0" * 64,
        members=(),
    )
    return package_of(wheel)


def test_a_wheel_that_says_nothing_still_has_a_summary() -> None:
    package = described()

    assert package == Package(
        name=BARE.name,
        version=BARE.version,
        summary="My_App",
        description="",
        license="",
        maintainer=None,
        homepage="",
        urls=(),
        scripts=("app", "serve"),
        metadata=BARE,
    )


def test_a_summary_is_one_line() -> None:
    assert described(summary=" a\n  b ").summary == "a b"


@pytest.mark.parametrize(
    ("fields", "contact"),
    [
        ({"author_email": "Ann <ann@a.example>"}, Contact(name="Ann", email="ann@a.example")),
        (
            {"author_email": "ann@a.example"},
            Contact(name="ann@a.example", email="ann@a.example"),
        ),
        (
            {"author": "Ann", "author_email": "ann@a.example"},
            Contact(name="Ann", email="ann@a.example"),
        ),
        ({"author": "Ann"}, Contact(name="Ann", email="")),
        (
            {"author_email": '"Lee, Ann" <a@a.example>, Bo <b@b.example>'},
            Contact(name="Lee, Ann", email="a@a.example"),
        ),
        (
            {"author_email": "Ann <a@a.example>", "maintainer_email": "Bo <b@b.example>"},
            Contact(name="Bo", email="b@b.example"),
        ),
        (
            {"author_email": "Ann <a@a.example>", "maintainer": "Bo"},
            Contact(name="Ann", email="a@a.example"),
        ),
        ({"author_email": "not an address"}, None),
        ({"author": "A <b>\nX: y"}, Contact(name="A b X: y", email="")),
    ],
)
def test_the_maintainer_is_who_the_metadata_name(
    fields: dict[str, object], contact: Contact | None
) -> None:
    assert described(**fields).maintainer == contact


@pytest.mark.parametrize(
    ("urls", "homepage"),
    [
        (
            (("Docs", "https://d.example"), ("Home Page", "https://h.example")),
            "https://h.example",
        ),
        ((("Docs", "https://d.example"), ("Source", "https://s.example")), "https://s.example"),
        ((("Docs", "https://d.example"),), "https://d.example"),
        (
            (("homepage", "https://a.example"), ("Homepage", "https://b.example")),
            "https://a.example",
        ),
    ],
)
def test_the_home_page_is_the_nearest_thing_to_one(
    urls: tuple[tuple[str, str], ...], homepage: str
) -> None:
    assert described(urls=urls).homepage == homepage


@pytest.mark.parametrize(
    ("fields", "license_name"),
    [
        ({"license_expression": "MIT", "license": "other"}, "MIT"),
        ({"license": "BSD 3-Clause"}, "BSD 3-Clause"),
        (
            {
                "license": "Permission is\nhereby granted",
                "classifiers": ("License :: OSI Approved :: MIT License",),
            },
            "MIT License",
        ),
    ],
)
def test_the_licence_is_a_name(fields: dict[str, object], license_name: str) -> None:
    assert described(**fields).license == license_name


def test_markdown_loses_what_a_plain_reader_stumbles_over() -> None:
    text = (
        "# Title #\n\n[![build](https://b.example/x.svg)](https://b.example)\n![logo](l.png)\n"
        "<!-- hidden\nwords -->\n<p align='center'>Hi</p>\n\n\n\nSee [the docs](https://d.example)."
        "  \n\n```\n# kept > 1\n```\n"
    )

    package = described(
        description=text, description_content_type="text/markdown; charset=UTF-8"
    )

    assert package.description.startswith("Title\n\nHi\n\nSee the docs.\n")


def test_plain_text_is_kept_as_it_is() -> None:
    assert described(description="# a\n\nb [c](d)\n").description == "# a\n\nb [c](d)"


@given(st.text(), st.text(), st.text())
def test_any_metadata_make_a_package(author: str, addresses: str, text: str) -> None:
    package = described(
        author=author,
        author_email=addresses,
        summary=text,
        description=text,
        description_content_type="text/markdown",
    )

    assert package.summary.strip()
    assert package.maintainer is None or "\n" not in package.maintainer.name
