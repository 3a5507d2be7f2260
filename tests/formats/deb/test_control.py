from __future__ import annotations

from dataclasses import replace

import pytest
from debian.deb822 import Deb822

from repackage.errors import FormatError
from repackage.package import Contact
from repackage.testing import EPOCH, bare_tree, tree_of
from repackage.tree import Directory, Symlink, inline_file
from repackage_formats import deb
from repackage_formats.deb._control import (
    Identity,
    conffiles,
    control,
    installed_size,
    md5sums,
)
from tests.formats.deb.debs import compiled, described, planned

EVERYTHING = deb.Options(
    package="acme-example",
    epoch=2,
    revision="3",
    section="utils",
    priority="extra",
    maintainer="Jane Doe <jane@acme.example>",
    description="Short one\n\nLong and longer.",
    homepage="https://acme.example/~jane",
    depends=("liba1(>=1.0)", "libb1|libc1"),
    pre_depends=("dpkg (>= 1.21)",),
    recommends=("r1",),
    suggests=("s1",),
    enhances=("e1",),
    conflicts=("c1",),
    breaks=("b1 (<< 2)",),
    replaces=("b1 (<< 2)",),
    provides=("api (= 1)",),
    interpreter_packages=("python3.11-nogil",),
    multi_arch="",
    fields={"X-Team": "Packaging  ", "Bugs": "mailto:bugs@acme.example"},
)


def fields(options: deb.Options | None = None, **changes: object) -> dict[str, str]:
    plan = described(planned(options), **changes)
    tree = bare_tree(plan.layout)
    data = control(plan, Identity.of(plan), tree=tree, libraries=("libc6 (>= 2.17)",))
    return {str(k): str(v) for k, v in Deb822(data.decode()).items()}


def test_every_option_reaches_its_field_in_the_usual_order() -> None:
    found = fields(EVERYTHING)
    size = found.pop("Installed-Size")

    assert size.isdigit()
    assert list(found.items()) == [
        ("Package", "acme-example"),
        ("Version", "2:1.0.0-3"),
        ("Architecture", "all"),
        ("Maintainer", "Jane Doe <jane@acme.example>"),
        ("Pre-Depends", "dpkg (>= 1.21)"),
        (
            "Depends",
            "python3.11-nogil, libc6 (>= 2.17), liba1 (>= 1.0), libb1 | libc1",
        ),
        ("Recommends", "r1"),
        ("Suggests", "s1"),
        ("Enhances", "e1"),
        ("Breaks", "b1 (<< 2)"),
        ("Conflicts", "c1"),
        ("Replaces", "b1 (<< 2)"),
        ("Provides", "api (= 1)"),
        ("Section", "utils"),
        ("Priority", "extra"),
        ("Homepage", "https://acme.example/~jane"),
        ("Bugs", "mailto:bugs@acme.example"),
        ("X-Team", "Packaging"),
        ("Description", "Short one\n Long and longer."),
    ]


def test_machine_code_wants_an_interpreter_of_its_architecture() -> None:
    plan = compiled()
    data = control(plan, Identity.of(plan), tree=bare_tree(plan.layout), libraries=())

    assert b"\nDepends: python3.11, python3:any\n" in data
    assert fields()["Depends"] == "python3.11:any, python3:any, libc6 (>= 2.17)"


def test_where_bytecode_is_shipped_nothing_that_compiles_is_depended_on() -> None:
    plan = compiled()
    plan = replace(plan, layout=replace(plan.layout, bytecode=True))
    data = control(plan, Identity.of(plan), tree=bare_tree(plan.layout), libraries=())

    assert b"\nDepends: python3.11\n" in data


def test_an_interpreter_that_no_package_is_known_to_bring_is_refused() -> None:
    plan = planned()
    plan = replace(plan, target=replace(plan.target, interpreter="/opt/python/bin/python3"))

    with pytest.raises(FormatError, match="interpreter-packages = "):
        control(plan, Identity.of(plan), tree=bare_tree(plan.layout), libraries=())


@pytest.mark.parametrize(
    ("contact", "maintainer"),
    [
        (Contact(name="Acme, Inc.", email="a@acme.example"), "Acme Inc. <a@acme.example>"),
        (Contact(name="", email="dev@acme.example"), "dev <dev@acme.example>"),
        (
            Contact(name="Eve\nDepends: evil \u202e<x@y.z>", email="e@acme.example"),
            "Eve Depends evil x y.z <e@acme.example>",
        ),
        (Contact(name="Jürgen Ö", email="j@acme.example"), "Jürgen Ö <j@acme.example>"),
        (Contact(name="Jane", email=""), "example packagers <unknown@packages.invalid>"),
        (
            Contact(name="J", email="j@x.y>\nDepends: evil"),
            "example packagers <unknown@packages.invalid>",
        ),
        (None, "example packagers <unknown@packages.invalid>"),
    ],
)
def test_a_maintainer_is_found_whatever_the_metadata_say(
    contact: Contact | None, maintainer: str
) -> None:
    assert fields(maintainer=contact)["Maintainer"] == maintainer


@pytest.mark.parametrize(
    "homepage", ["", "app.example", "https://app.example/ x", "https://a\nDepends: evil"]
)
def test_a_homepage_that_is_no_url_is_left_out(homepage: str) -> None:
    assert "Homepage" not in fields(homepage=homepage)


def test_a_name_of_one_letter_is_refused_with_the_way_out() -> None:
    plan = described(planned(), name="q")

    with pytest.raises(FormatError, match="package = "):
        deb.filename(plan)


def test_installed_size_is_what_dpkg_gencontrol_says() -> None:
    tree = tree_of(
        Directory(path="d", mtime=EPOCH),
        inline_file("d/empty", b"", mtime=EPOCH),
        inline_file("d/one", b"1", mtime=EPOCH),
        inline_file("d/two", bytes(1025), mtime=EPOCH),
        Symlink(path="d/link", target="one", mtime=EPOCH),
    )

    assert installed_size(tree) == 1 + 0 + 1 + 2 + 1


def test_what_lies_below_etc_is_a_conffile_and_has_no_digest() -> None:
    tree = tree_of(
        inline_file("etc/app.conf", b"x = 1\n", mtime=EPOCH),
        inline_file("etcetera", b"", mtime=EPOCH),
        Symlink(path="etc/link", target="app.conf", mtime=EPOCH),
    )

    assert conffiles(tree) == ("/etc/app.conf",)
    assert md5sums(tree) == b"d41d8cd98f00b204e9800998ecf8427e  etcetera\n"
