"""Chains, and what resolving leaves in them: overrides, excludes, dropped extras."""

from __future__ import annotations

from repackage.resolve import Selection
from tests.integration.lock_shapes._shape import PLAIN, Release, Shape, names
from tests.integration.projects import Project

SHAPES = {
    "a chain": Shape(
        index=(
            Release(name="a", requires=("b",)),
            Release(name="b", requires=("c", "Zope.Interface")),
            Release(name="c"),
            Release(name="zope.interface"),
        ),
        project=Project(dependencies=("a",)),
    ),
    "a cycle of packages": Shape(
        index=(
            Release(name="a", requires=("b",)),
            Release(name="b", requires=("c",)),
            Release(name="c", requires=("a", "d; sys_platform == 'win32'")),
            Release(name="d", requires=("b",)),
        ),
        project=Project(dependencies=("b",)),
    ),
    "nothing at all": Shape(),
    "names that are not normal": Shape(
        index=(Release(name="Zope.Interface", requires=("PY_side",)), Release(name="py-side")),
        project=Project(
            dependencies=("zope_interface",), extras={"Dev.Tools": ("Zope.interface",)}
        ),
        selections=(PLAIN, Selection(extras=("dev_tools",))),
    ),
    "overrides that contradict metadata": Shape(
        index=(
            Release(name="a", requires=("b<2", "c")),
            Release(name="b", version="1.0"),
            Release(name="b", version="2.0"),
            Release(name="c"),
        ),
        project=Project(
            dependencies=("a",),
            uv="[tool.uv]\noverride-dependencies = ['b==2.0', \"c; sys_platform == 'win32'\"]",
        ),
    ),
    "excludes and constraints": Shape(
        index=(
            Release(name="a", requires=("b", "c")),
            Release(name="b", version="1.0"),
            Release(name="b", version="2.0"),
            Release(name="c"),
        ),
        project=Project(
            dependencies=("a",),
            uv="[tool.uv]\nexclude-dependencies = ['c']\nconstraint-dependencies = ['b<2']",
        ),
    ),
    "an extra that its target does not have": Shape(
        index=(
            Release(name="a", requires=("b[missing]",)),
            Release(name="b", requires=("c; extra == 'there'",), extras=("there",)),
            Release(name="c"),
        ),
        project=Project(dependencies=("a", "b[gone,there]")),
    ),
    "an extra that vanished from the lock": Shape(
        index=(
            Release(name="a", requires=("b; extra == 'more'",), extras=("more",)),
            Release(name="b"),
        ),
        project=Project(dependencies=("a[more]",)),
        # the edge goes on asking for it, and uv drops the wish on reading
        edits={r"^\[package.optional-dependencies\]\nmore = \[\n.*\n\]\n": ""},
    ),
    "versions that are equal and not spelled alike": Shape(
        index=(
            Release(name="a", version="1", requires=("b==1.0.0",)),
            Release(name="b", version="1"),
            Release(name="b", version="2"),
        ),
        project=Project(dependencies=("a==1.0", "b<2 ; python_version < '3.12'")),
        edits={r'^name = "b"\nversion = "1"$': 'name = "b"\nversion = "1.0.0"'},
    ),
    "pre-releases, epochs and local versions": Shape(
        index=(
            Release(name="a", version="1!2.0rc1"),
            Release(name="b", version="2.5.0+cu121"),
            Release(name="c", version="1.0.post1"),
        ),
        project=Project(dependencies=("a==1!2.0rc1", "b==2.5.0+cu121", "c>=1.0")),
    ),
    "a lock of an older revision": Shape(
        index=names("a", "b", "c"),
        project=Project(dependencies=("a",), extras={"x": ("b",)}, groups={"dev": ("c",)}),
        selections=(
            PLAIN,
            Selection(extras=("x",)),
            Selection(default_groups=True),
            Selection(all_groups=True),
        ),
        edits={r"^revision = \d+\n": "revision = 4\n"},
    ),
    "a lock of before revisions": Shape(
        index=names("a", "b"),
        project=Project(dependencies=("a",), extras={"x": ("b",)}),
        selections=(PLAIN, Selection(extras=("x",))),
        edits={r"^revision = \d+\n": "", r"^provides-extras = .*\n": ""},
    ),
    "keys that nobody knows, and old spellings": Shape(
        index=names("a", "b"),
        project=Project(dependencies=("a",), groups={"dev": ("b",)}),
        selections=(PLAIN, Selection(groups=("dev",))),
        edits={
            r"^\[\[package\]\]$": "[[distribution]]\nunknown = true",
            r"^\[package\.": "[distribution.",
            r"dev-dependencies\]": "dependency-groups]",
        },
    ),
}
