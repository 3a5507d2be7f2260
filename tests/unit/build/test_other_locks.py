"""Locks that are not the wheel's own project's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from repackage.build import build
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
        "note the lock takes app from an index: it belongs to a project that uses it"
        in heard.said
    )


def test_a_lock_without_the_wheel_constrains_its_requirements(project: Project) -> None:
    text = project.lock.read_text()
    project.lock.write_text(LOCK_HEAD + text[text.index('\n[[package]]\nname = "greet"') :])
    heard = Heard([])

    assert build(project.request(), events=heard)
    assert (
        "note the lock has no app: it constrains what the wheel's metadata require"
        in heard.said
    )
