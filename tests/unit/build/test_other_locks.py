"""Locks that are not the wheel's own project's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from repackage.build import build
from repackage.errors import ContraventionError
from tests.unit.build.heard import Heard
from tests.unit.build.project import LOCK_HEAD

if TYPE_CHECKING:
    from tests.unit.build.project import Project


def test_the_lock_may_be_that_of_a_project_that_uses_the_wheel(project: Project) -> None:
    text = project.lock.read_text()
    text = text.replace('{ editable = "." }', '{ registry = "https://index.example/simple" }')
    start, end = text.index("[package.optional"), text.index('[[package]]\nname = "greet"')
    project.lock.write_text(text[:start] + text[end:])
    heard = Heard([])

    assert build(project.request(), events=heard)
    assert (
        "warn the lock takes app from an index: it belongs to a project that uses it"
        in heard.said
    )


def test_a_lock_without_the_wheel_constrains_its_requirements(project: Project) -> None:
    text = project.lock.read_text()
    project.lock.write_text(LOCK_HEAD + text[text.index('\n[[package]]\nname = "greet"') :])
    heard = Heard([])

    assert build(project.request(), events=heard)
    assert (
        "warn the lock has no app: it constrains what the wheel's metadata require"
        in heard.said
    )


def test_a_distribution_that_the_lock_has_no_hash_of_is_named(project: Project) -> None:
    text = project.lock.read_text()
    project.lock.write_text(re.sub(r'hash = "sha256:[0-9a-f]+",? ?', "", text))
    heard = Heard([])

    assert build(project.request(), events=heard)
    assert (
        "warn greet: the lock has no hash of it, so nothing vouches for its bytes" in heard.said
    )


def test_under_the_policy_exact_a_distribution_without_a_hash_is_refused(
    project: Project,
) -> None:
    text = project.lock.read_text()
    project.lock.write_text(re.sub(r'hash = "sha256:[0-9a-f]+",? ?', "", text))

    with pytest.raises(ContraventionError, match="hash-unverifiable"):
        build(project.request(policy="exact"))
