"""What lintian would find in a wheel's files, one file at a time."""

from __future__ import annotations

import pytest

from repackage.testing import EPOCH, tree_of
from repackage.tree import inline_file
from repackage_formats.deb._findings import findings

SITE = "usr/lib/example/lib/python3.11/site-packages"
LOADS = b'<html><script src="%b"></script></html>'


def tags(path: str, data: bytes = b"", *, mode: int = 0o644) -> set[str]:
    """Tags of a file that lies in the site directory."""
    return set(findings(tree_of(inline_file(f"{SITE}/{path}", data, mtime=EPOCH, mode=mode))))


@pytest.mark.parametrize(
    ("path", "data", "mode", "tag"),
    [
        ("certifi/tests/test_certify.py", b"import x\n", 0o755, "executable-not-elf-or-script"),
        ("x/empty", b"", 0o755, "executable-not-elf-or-script"),
        ("x/yarn.js", b"#!/usr/bin/env node\n", 0o644, "script-not-executable"),
        ("x/spew.py", b"#!<<PYTHON>> -u\n", 0o755, "interpreter-not-absolute"),
        ("x/tool.py", b"#!\n", 0o755, "script-without-interpreter"),
        ("x/old.py", b"#!/usr/local/bin/python\n", 0o644, "interpreter-in-usr-local"),
        ("x/run.py", b"#!/usr/bin/bash\n", 0o755, "wrong-path-for-interpreter"),
        ("x/run.py", b"#!/usr/bin/env -S perl -w\n", 0o755, "incorrect-path-for-interpreter"),
        ("x/activate.py", b"#!/bin/csh -f\n", 0o644, "csh-considered-harmful"),
        ("x/run", b"#!/usr/bin/env ruby\n", 0o755, "ruby-script-but-no-ruby-dep"),
        ("x/run", b"#!/usr/bin/node\n", 0o755, "missing-dep-for-interpreter"),
        ("x/bin/a.py", b"#!/usr/bin/env python\n", 0o644, "script-uses-unversioned-python-in-shebang"),
        ("mpl-data/fonts/ttf/DejaVuSans-Bold.ttf", b"x", 0o644, "duplicate-font-file"),
        ("mpl-data/fonts/ttf/cmr10.ttf", b"x", 0o644, "duplicate-font-file"),
        ("admin/js/vendor/jquery/jquery.min.js", b"x", 0o644, "embedded-javascript-library"),
        ("x/bootstrap.min.js", b"var Carousel = 1", 0o644, "embedded-javascript-library"),
        ("x/invalid_unicode.conf", b"# \xff\n", 0o644, "national-encoding"),
        ("x/a.tgz", b"\x1f\x8b\x08\0\x01\0\0\0", 0o644, "package-contains-timestamped-gzip"),
        ("x/notes.txt~", b"", 0o644, "backup-file-in-package"),
        ("x/.npmignore", b"", 0o644, "package-contains-npm-ignore-file"),
        ("x/.gitkeep", b"", 0o644, "package-contains-vcs-control-file"),
        ("x/a.css", b'@import url("https://a.example/x.css");', 0o644, "privacy-breach-generic"),
        ("x/a.html", LOADS % b"//a.example/x.js", 0o644, "privacy-breach-generic"),
        ("x/a.html", LOADS % b"https://a.example/jquery-3.1.min.js", 0o644, "privacy-breach-uses-embedded-file"),
        ("x/a.htm", b"", 0o644, None),
        ("x/a.py", b"#!/bin/env python\n", 0o755, "script-uses-bin-env"),
        ("x/g.html", b"src = '.google-analytics.com/ga.js';", 0o644, "privacy-breach-google-adsense"),
        ("x/t.html", b'"https://platform.twitter.com/widgets.js"', 0o644, "privacy-breach-twitter"),
        ("x/f.html", b'<IMG SRC="https://a.example/ribbons/forkme_right.png">', 0o644, "privacy-breach-logo"),
        ("x/a.html", b'<IMG ALT="" SRC="http://a.example/LOGO.PNG">', 0o644, "privacy-breach-logo"),
    ],
)  # fmt: skip
def test_a_finding_is_foreseen(path: str, data: bytes, mode: int, tag: str | None) -> None:
    found = tags(path, data, mode=mode)

    assert tag in found if tag else not found


@pytest.mark.parametrize(
    ("path", "data", "mode"),
    [
        ("x/a.py", b"#!/usr/bin/env python3\n", 0o644),
        ("x/a.py", b"#!/usr/bin/python3\n", 0o755),
        ("x/a.sh", b"#!/bin/sh\n", 0o755),
        ("x/a.py", b"#!python\n", 0o644),
        ("x/template.in", b"#!/bin/sh\n", 0o644),
        ("x/a.exe", b"MZ", 0o755),
        ("x/_a.so", b"\x7fELF", 0o755),
        ("x/a.gz", b"\x1f\x8b\x08\0\0\0\0\0", 0o644),
        ("x/a.txt", "ünï".encode(), 0o644),
        ("x/a.dat", b"\xff\0\xff", 0o644),
        ("x/bootstrap.min.js", b"my own", 0o644),
        ("x/own.js", b'var x = "https://a.example/";', 0o644),
        ("x/a.html", LOADS % b"local.js", 0o644),
        ("x/a.html", LOADS % b"http://localhost:8000/x.js", 0o644),
        ("x/a.html", b'<link rel="canonical" href="https://a.example/">', 0o644),
        ("x/a.html", b'<!-- <script src="//a.example/x.js"></script> -->', 0o644),
        ("x/own.ttf", b"x", 0o644),
    ],
)
def test_what_is_in_order_needs_no_override(path: str, data: bytes, mode: int) -> None:
    assert tags(path, data, mode=mode) == set()
