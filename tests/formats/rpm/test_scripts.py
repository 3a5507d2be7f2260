from __future__ import annotations

from dataclasses import replace

import pytest

from repackage_formats import rpm
from repackage_formats.rpm._facts import FileTrigger, Relation, Scriptlet, Trigger
from repackage_formats.rpm._metadata import facts
from repackage_formats.rpm._options import FileTriggerOptions, TriggerOptions
from repackage_formats.rpm._scripts import split_program
from tests.formats.rpm.plans import planned, with_files


@pytest.mark.parametrize(
    ("script", "split"),
    [
        ("echo a\n", (("/bin/sh",), "echo a\n")),
        ("#!/usr/bin/bash -e\necho a\n", (("/usr/bin/bash", "-e"), "echo a\n")),
        ("#!<lua>\nprint(1)\n", (("<lua>",), "print(1)\n")),
        ("#!/sbin/ldconfig", (("/sbin/ldconfig",), "")),
    ],
)
def test_the_first_line_names_the_program(script: str, split: tuple[object, str]) -> None:
    assert split_program(script) == split


def test_scriptlets_require_what_runs_them_before_they_run() -> None:
    scripts = {"pre": "true\n", "postun": "#!/sbin/ldconfig", "posttrans": "#!<lua>\n1\n"}
    needs = {"pre": ("shadow-utils",)}
    plan = planned(rpm.Options(scriptlets=scripts, requires_for=needs, compile=False))
    decided = facts(plan, with_files(plan, {}))

    assert decided.scriptlets == (
        Scriptlet(slot="posttrans", body="1\n", program=("<lua>",)),
        Scriptlet(slot="postun", body="", program=("/sbin/ldconfig",)),
        Scriptlet(slot="pre", body="true\n"),
    )
    required = {(each.name, each.flags) for each in decided.requires}
    assert {("/bin/sh", 0x300), ("/sbin/ldconfig", 0x1100), ("shadow-utils", 0x200)} <= required
    assert not [name for name, _ in required if "lua" in name]


def test_triggers_have_the_bit_that_says_when() -> None:
    trigger = TriggerOptions(on="in", packages=("nginx >= 1.20", "httpd"), script="true\n")
    files = FileTriggerOptions(
        on="postun", paths=("/usr/share/fonts",), script="#!/bin/bash\n1\n"
    )
    lua = FileTriggerOptions(on="in", paths=("/usr/lib",), script="#!<lua>\n1\n", priority=1)
    plan = planned(rpm.Options(triggers=(trigger,), file_triggers=(files, lua)))
    decided = facts(plan, with_files(plan, {}))

    assert decided.triggers == (
        Trigger(
            conditions=(
                Relation(name="nginx", version="1.20", flags=1 << 16 | 12),
                Relation(name="httpd", flags=1 << 16),
            ),
            body="true\n",
        ),
    )
    assert decided.file_triggers == (
        FileTrigger(
            conditions=(Relation(name="/usr/share/fonts", flags=1 << 18),),
            body="1\n",
            program=("/bin/bash",),
        ),
        FileTrigger(
            conditions=(Relation(name="/usr/lib", flags=1 << 16),),
            body="1\n",
            program=("<lua>",),
            priority=1,
        ),
    )
    required = {(each.name, each.flags) for each in decided.requires}
    assert {("/bin/sh", 0x100), ("/bin/bash", 0x100)} <= required


def test_where_bytecode_is_shipped_nothing_compiles_it() -> None:
    plan = planned()
    plan = replace(plan, layout=replace(plan.layout, bytecode=True))
    site = plan.layout.purelib
    decided = facts(plan, with_files(plan, {f"{site}/a.py": b"x = 1\n"}))

    assert decided.scriptlets == ()
    assert not [flags for flags in decided.file_flags.values() if flags & 64]
    assert not [each for each in decided.requires if each.flags & 0x400]
