from __future__ import annotations

from typing import Any

import pytest

from repackage.errors import ConfigError
from repackage_formats.rpm import Options
from repackage_formats.rpm._options import FileTriggerOptions, TriggerOptions


def trigger(**changes: Any) -> TriggerOptions:
    return TriggerOptions(**{"on": "in", "packages": ("nginx",), "script": "true\n", **changes})


def file_trigger(**changes: Any) -> FileTriggerOptions:
    return FileTriggerOptions(**{"on": "in", "paths": ("/usr",), "script": "true\n", **changes})


REFUSED: list[tuple[str, dict[str, Any]]] = [
    ("package", {"package": "my app"}),
    ("package", {"package": "-app"}),
    ("package", {"package": "app\nProvides: root"}),
    ("package", {"package": "x" * 129}),
    ("package", {"package": "ünicode"}),
    ("release", {"release": "1-2"}),
    ("release", {"release": ""}),
    ("release", {"release": "1\n"}),
    ("release", {"release": "%{dist}"}),
    ("epoch", {"epoch": -1}),
    ("epoch", {"epoch": 1 << 32}),
    ("architecture", {"architecture": "amd64"}),
    ("license", {"license": "Our own"}),
    ("license", {"license": "MIT\nVendor: x"}),
    ("prefix", {"prefix": "/usr/bin"}),
    ("prefix", {"prefix": "/usr/lib/python3.9/site-packages"}),
    ("prefix", {"prefix": "/opt/../etc"}),
    ("summary", {"summary": "two\nlines"}),
    ("summary", {"summary": " "}),
    ("group", {"group": ""}),
    ("group", {"group": "a\x00b"}),
    ("vendor", {"vendor": "a\u202eb"}),
    ("distribution", {"distribution": "a\ud800"}),
    ("packager", {"packager": "nobody"}),
    ("url", {"url": "ftp://app.example"}),
    ("description", {"description": "a\x1b[31m"}),
    ("description", {"description": " \n"}),
    ("changelog", {"changelog": "a\x00"}),
    ("requires[1]", {"requires": ("a", "b=1")}),
    ("requires[0]", {"requires": ("rpmlib(X) <= 1",)}),
    ("requires[0]", {"requires": ("a\nb",)}),
    ("requires-for", {"requires_for": {"later": ("a",)}}),
    ("requires-for.pre[0]", {"requires_for": {"pre": ("a b",)}}),
    ("conflicts[0]", {"conflicts": ("(a if b)",)}),
    ("provides[0]", {"provides": ("a >= 1",)}),
    ("provides[0]", {"provides": ("(a or b)",)}),
    ("obsoletes[0]", {"obsoletes": ("(a or b)",)}),
    ("interpreter-requires[0]", {"interpreter_requires": ("",)}),
    ("libraries.libx.so", {"libraries": {"libx.so": "a b"}}),
    ("ghosts[0]", {"ghosts": ("var/log/a",)}),
    ("ghosts[0]", {"ghosts": ("/var/../etc/passwd",)}),
    ("ghosts[0]", {"ghosts": ("/var/log/a\nb",)}),
    ("config[0]", {"config": ("etc/*",)}),
    ("documentation[0]", {"documentation": ("*.txt",)}),
    ("scriptlets.install", {"scriptlets": {"install": "true"}}),
    ("scriptlets.post", {"scriptlets": {"post": " "}}),
    ("scriptlets.post", {"scriptlets": {"post": "a\x00b"}}),
    ("scriptlets.post", {"scriptlets": {"post": "a\ud800"}}),
    ("scriptlets.post", {"scriptlets": {"post": "#!bash\ntrue\n"}}),
    ("scriptlets.post", {"scriptlets": {"post": "#!\ntrue\n"}}),
    ("scriptlets.post", {"scriptlets": {"post": "#!/bin/sh -\x1b\ntrue\n"}}),
    ("triggers[0].packages", {"triggers": (trigger(packages=()),)}),
    ("triggers[0].packages[0]", {"triggers": (trigger(packages=("(a or b)",)),)}),
    ("triggers[0].script", {"triggers": (trigger(script="#!/bin/sh -e\n"),)}),
    ("triggers[0].script", {"triggers": (trigger(script=""),)}),
    ("file-triggers[0].paths", {"file_triggers": (file_trigger(paths=()),)}),
    ("file-triggers[0].paths[0]", {"file_triggers": (file_trigger(paths=("usr",)),)}),
    ("file-triggers[0].priority", {"file_triggers": (file_trigger(priority=-1),)}),
    ("level", {"compression": "gzip", "level": 10}),
    ("level", {"compression": "none", "level": 1}),
    ("level", {"level": 3}),
]


@pytest.mark.parametrize(("where", "options"), REFUSED)
def test_what_a_header_cannot_hold_is_refused_with_its_key(
    where: str, options: dict[str, Any]
) -> None:
    with pytest.raises(ConfigError) as error:
        Options(**options)

    assert {problem.where for problem in error.value.problems} == {where}
    assert all(problem.advice for problem in error.value.problems)


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(ConfigError) as error:
        Options(package="my app", release="1-2", requires=("a b",), url="x", prefix="/etc/x")

    assert len(error.value.problems) == 5


def test_what_is_good_is_taken() -> None:
    Options(
        package="python3-App_1.0+x",
        release="1.el9_4~rc1",
        epoch=0,
        license="MIT OR LicenseRef-Own",
        prefix="/opt/vendor/app",
        packager="Jane Doe <jane@app.example>",
        description="Line one\n\nLine two",
        requires=("a >= 1:2-3", "(a or b)"),
        conflicts=("(a unless b)",),
        libraries={"libcuda.so.1": "", "libx.so": "x >= 2"},
        ghosts=("/var/log/a",),
        scriptlets={"pre": "#!/usr/bin/bash -e\necho é\n", "post": "#!/sbin/ldconfig"},
        triggers=(trigger(),),
        file_triggers=(file_trigger(paths=("/usr/share/fonts/",)),),
        compression="gzip",
        level=9,
    )
