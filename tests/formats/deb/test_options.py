from __future__ import annotations

from typing import Any

import pytest

from repackage.errors import ConfigError
from repackage_formats import deb


def problems(**options: Any) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        deb.Options(**options)
    return [problem.where for problem in caught.value.problems]


@pytest.mark.parametrize("name", ["A_b", "x", "-x", "a b", "a\nDepends: evil", "ä-b", "ab\n"])
def test_a_name_that_dpkg_refuses_is_refused(name: str) -> None:
    assert problems(package=name) == ["package"]


@pytest.mark.parametrize("revision", ["", "1-2", "1_2", "1\nX: y", "1 ", "1\n"])
def test_a_revision_that_dpkg_refuses_is_refused(revision: str) -> None:
    assert problems(revision=revision) == ["revision"]


@pytest.mark.parametrize(
    "maintainer",
    [
        "Jane",
        "jane@example.org",
        "Jane <jane@localhost>",
        "Jane <jane@example.org>\nDepends: evil",
        "Acme, Inc. <a@example.org>",
        "Jane \u202e <jane@example.org>",
        "<jane@example.org>",
        "Jane <jane@example.org>\n",
    ],
)
def test_a_maintainer_that_no_mail_reaches_is_refused(maintainer: str) -> None:
    assert problems(maintainer=maintainer) == ["maintainer"]


@pytest.mark.parametrize(
    "relation",
    [
        "foo >= 1",
        "foo (>= 1), bar",
        "foo (> 1)",
        "foo (>= 1_0)",
        "",
        "foo |",
        "Foo",
        "foo\n (>= 1)",
        "foo (>= 1)\nX: y",
        "foo [amd64]",
    ],
)
def test_a_relation_that_dpkg_refuses_is_refused(relation: str) -> None:
    assert problems(depends=("libc6", relation)) == ["depends[1]"]


def test_what_is_provided_is_a_name_or_a_version_of_it() -> None:
    deb.Options(provides=("app", "api (= 1.0)"))

    assert problems(provides=("api (>= 1)", "a1 | b1")) == ["provides[0]", "provides[1]"]


@pytest.mark.parametrize(
    "relation", ["foo", "foo:any", "foo (<<1:2.0~rc1-3)", "foo (>= 1) | bar:amd64 (= 2)"]
)
def test_a_relation_that_dpkg_takes_is_taken(relation: str) -> None:
    assert deb.Options(depends=(relation,)).depends == (relation,)


@pytest.mark.parametrize(
    "prefix",
    [
        "usr", "/etc/app", "/usr/local/app", "/usr/bin/app", "/usr/lib/../etc", "/home/app",
        "/usr/lib/app/", "/usr/lib/my app", "/usr/lib/a\nb", "/", "/usr/lib/python3/app",
        "/var/lib/app", "/usr/lib//app", "/usr/share/doc/app",
    ],
)  # fmt: skip
def test_a_prefix_where_policy_allows_none_is_refused(prefix: str) -> None:
    assert problems(prefix=prefix) == ["prefix"]


@pytest.mark.parametrize(
    "prefix", ["/opt/acme", "opt/acme/app", "/usr/lib/acme-app", "/usr/libexec/a"]
)
def test_a_private_prefix_is_taken(prefix: str) -> None:
    assert deb.Options(prefix=prefix).prefix == prefix


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Depends", "evil"),
        ("pre-depends", "evil"),
        ("Installed-Size", "1"),
        ("X Team", "a"),
        ("#X", "a"),
        ("-X", "a"),
        ("X:Y", "a"),
        ("X-Team", "a\nDepends: evil"),
        ("X-Team", " "),
        ("", "a"),
    ],
)
def test_a_field_that_is_ours_or_no_field_is_refused(name: str, value: str) -> None:
    assert problems(fields={name: value}) == [f"fields.{name}"]


def test_a_field_is_refused_twice_whatever_its_case() -> None:
    assert problems(fields={"X-Team": "a", "x-team": "b"}) == ["fields"]


def test_every_problem_is_reported_at_once() -> None:
    found = problems(
        package="A",
        epoch=-1,
        section="a b",
        architecture="x86_64",
        homepage="ftp://app.example",
        description="a\x00b",
        changelog="  ",
        libraries={"liba.so": "A_b"},
        level=99,
    )

    assert found == [
        "package", "epoch", "section", "architecture", "homepage", "description", "changelog",
        "libraries.liba.so", "level",
    ]  # fmt: skip


def test_no_compression_has_no_level() -> None:
    assert problems(compression="none", level=1) == ["level"]
    assert deb.Options(compression="zst", level=19).level == 19
