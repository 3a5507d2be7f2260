from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from repackage_formats.rpm._facts import Relation
from repackage_formats.rpm._relations import (
    EQUAL,
    GREATER,
    LESS,
    NEGATIVE,
    is_rich,
    parse,
    tidy,
)

if TYPE_CHECKING:
    from pathlib import Path

READ = {
    "nginx": Relation(name="nginx"),
    " nginx  >=  1.20 ": Relation(name="nginx", version="1.20", flags=GREATER | EQUAL),
    "nginx < 1:2.0-3.el9": Relation(name="nginx", version="1:2.0-3.el9", flags=LESS),
    "nginx == 2": Relation(name="nginx", version="2", flags=EQUAL),
    "/usr/bin/python3.9": Relation(name="/usr/bin/python3.9"),
    "libc.so.6(GLIBC_2.17)(64bit)": Relation(name="libc.so.6(GLIBC_2.17)(64bit)"),
    "perl(A::B) > 1~rc1": Relation(name="perl(A::B)", version="1~rc1", flags=GREATER),
    "python3dist(a[b])": Relation(name="python3dist(a[b])"),
    "(a or b)": Relation(name="(a or b)"),
    "((a) or b)": Relation(name="((a) or b)"),
    "(a >= 1 with a < 2)": Relation(name="(a >= 1 with a < 2)"),
    "((a and b) or perl(C) >= 3)": Relation(name="((a and b) or perl(C) >= 3)"),
    "(a if b else c)": Relation(name="(a if b else c)"),
    "(a and b and c)": Relation(name="(a and b and c)"),
    "(a or (b unless c))": Relation(name="(a or (b unless c))"),
    "(a and (b if (c if d)))": Relation(name="(a and (b if (c if d)))"),
    "(a with b with (c or d))": Relation(name="(a with b with (c or d))"),
}
REFUSED = (
    "", " ", "a b", "a >= ", "a >= 1 2", "a >= 1-2-3", "a >> 1", "a=1", "a>=1", "a, b", "a | b",
    "a >= 1:2:3", "a\n", "a\nProvides: root", "a >= 1\x00", "a\u202eb", "a\ud800", "-a", "a(b",
    "()", "(a", "a)", "(a or)", "(or a)", "(a b)", "(a or b and c)", "(a if b if c)",
    "(a else b if c)", "(a or b) c", "(a or b) >= 1", "(a or b\n)", "rpmlib(PayloadIsZstd)",
    "(rpmlib(X) or a)", "(a unless b)",
    "(a or (b if c))", "(a with (b and c))", "(a without (b if c))", "(" * 60 + "a" + ")" * 60,
)  # fmt: skip
#: Without "else", which rpm takes for a joiner of its own: more lenient than it says.
JOINERS = st.sampled_from(["and", "or", "if", "unless", "with", "without"])
EXPRESSIONS = st.recursive(
    st.sampled_from(["a", "b >= 1", "c(d)"]),
    lambda inner: st.one_of(
        st.builds("({} {} {})".format, inner, JOINERS, inner),
        st.builds("({} {} {} {} {})".format, inner, JOINERS, inner, JOINERS, inner),
    ),
    max_leaves=5,
).filter(lambda text: text.startswith("("))


@pytest.mark.parametrize(("text", "relation"), READ.items())
def test_a_relation_is_read_as_spec_files_have_it(text: str, relation: Relation) -> None:
    assert parse(text) == relation
    assert is_rich(relation) == text.startswith("(")


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_no_relation_is_none(text: str) -> None:
    assert parse(text) is None


@given(st.text("ab()<>= \n\0-:orif&", max_size=20))
def test_whatever_is_read_is_one_line_without_control_characters(text: str) -> None:
    relation = parse(text)

    assert relation is None or (relation.name + relation.version).isprintable()


@given(st.text(max_size=30))
def test_no_text_is_too_strange_to_be_judged(text: str) -> None:
    relation = parse(text)

    assert relation is None or relation.name.encode().isascii() == relation.name.isascii()


def test_relations_are_sorted_and_each_is_there_once() -> None:
    one, two = Relation(name="b"), Relation(name="a", version="1", flags=EQUAL)

    assert tidy([one, two, one]) == (two, one)


def test_what_conflicts_is_an_alternative() -> None:
    assert parse("(a unless b)", negative=True) == Relation(name="(a unless b)")
    assert parse("(a if b)", negative=True) is None
    assert parse("(a and (b if c))", negative=True) is not None


def test_a_condition_may_be_a_choice_of_either_kind() -> None:
    assert parse("(a if (b unless c))") is not None
    assert parse("(a unless (b if c))", negative=True) is not None
    assert parse("((b unless c) if a)") is None
    assert parse("(a if b else (c unless d))") is None


@pytest.mark.native("rpmspec")
@pytest.mark.parametrize("text", READ)
def test_rpm_itself_reads_what_is_read_here(text: str, tmp_path: Path) -> None:
    relation = parse(text)

    assert relation is not None
    assert asked_of_rpm("Requires", text, tmp_path) == 0


@pytest.mark.native("rpmspec")
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(EXPRESSIONS, st.sampled_from(["Requires", "Conflicts", "Supplements", "Enhances"]))
def test_rpm_itself_reads_no_other_expressions(tmp_path: Path, text: str, kind: str) -> None:
    ours = parse(text, negative=kind.lower() in NEGATIVE)

    assert (ours is None) == (asked_of_rpm(kind, text, tmp_path) != 0)


def asked_of_rpm(kind: str, relation: str, directory: Path) -> int:
    spec = directory / "a.spec"
    head = "Name: a\nVersion: 1\nRelease: 1\nSummary: a\nLicense: MIT\n"
    text = f"{head}{kind}: {relation}\n%description\na\n%files\n"
    spec.write_text(text, encoding="utf-8")
    command = ["rpmspec", "-q", str(spec)]
    return subprocess.run(command, capture_output=True, check=False).returncode
