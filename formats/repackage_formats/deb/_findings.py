"""What lintian finds in the files of wheels, which are shipped as they are."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from repackage.elf import first_bytes, starts_like_elf
from repackage.tree import File, read_file
from repackage_formats.deb._profiles import profile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from repackage.tree import Tree

Finding = tuple[str, str]
"""A tag, and the reason why it is meant to be so."""

_DIGEST: Final = "a file of a wheel: RECORD has its digest"
_MODES: Final = "modes are those of the wheel"
_LOADS: Final = "a page of a wheel: its project has it load what it needs"
_LINE: Final = 256
_GZIP: Final = b"\x1f\x8b"
_PAGE: Final = re.compile(r".*\.(x?html?\d?|js|xht|xml|css)", re.IGNORECASE)
#: Programs that something else than the kernel runs.
_FOREIGN: Final = re.compile(r".*\.(exe|jar)")
#: What file(1) calls text, and nothing more special, that is not in UTF-8.
_PLAIN: Final = re.compile(r".*\.(txt|conf|cfg|ini|rst|md|csv|tsv|dat|list)", re.IGNORECASE)
_NOT_TEXT: Final = re.compile(rb"[\x00-\x06\x0b\x0d-\x1a\x1c-\x1f\x7f]|[^\n]{300}")
#: Scripts that are not executable, and are not expected to be (lintian's Scripts.pm).
_MODULE: Final = re.compile(
    r"usr/(lib|share)/.*\.(pm|py).*|usr/(lib|share)/ruby/.*\.rb|.*\.(in|erb|ex)"
    r"|usr/share/bash-completion/completions/.*|usr/(share/doc|src)/.*"
)
#: What a page loads from elsewhere, of which a link may be one that nothing follows.
_LOADED: Final = re.compile(
    rb"(?P<element><(applet|audio|div|embed|i?frame|img|input|link|object|script|source|track"
    rb"|video)\s[^>]{0,500}?\b(src|href|data-href|data|codebase|poster)="
    rb'"(?P<url>((ht|f)tps?:)?//[^"\r\n]*)"[^>]{0,500}>)'
    rb'|@import\s+url\s*\(\s*"(?P<imported>((ht|f)tps?:)?//[^"\r\n]*)"'
)
#: A word of each fragment of the profile.
_FRAGMENT: Final = re.compile(
    rb"google-analytics|urchintracker|google_ad_|adsbygoogle|platform\.twitter|facebook-jssdk"
    rb"|plusone\.js|piwik"
)
#: Quicker to look for, and a part of all those.
_ADDRESS: Final = re.compile(rb'[=(] *"((ht|f)tps?:)?//')
_NOT_FOLLOWED: Final = re.compile(
    rb'<link\s.*rel="(alternate|author|bookmark|canonical|copyright|edituri|generator|help'
    rb'|license|next|prev|search)"',
    re.DOTALL,
)
_COMMENT: Final = re.compile(rb"<!--(?!\[if).*?--\s*>|/\*.*?\*/", re.DOTALL)
_LOCAL: Final = re.compile(r"[a-z]*:?//([^/]+@)?(localhost|::1|127\.\d+\.\d+\.\d+)[:/]")


def findings(tree: Tree) -> dict[str, str]:
    """Find what lintian will, with the reason for each tag."""
    found: dict[str, str] = {}
    for entry in tree:
        found.update(_of_path(entry.path, entry if isinstance(entry, File) else None))
        if isinstance(entry, File):
            found.update(_of_file(entry))
    return found


def _of_path(path: str, file: File | None) -> Iterator[Finding]:
    for pattern, contains, tag, reason in _rules("path"):
        if not pattern.fullmatch(path):
            continue
        if not contains or (file and re.search(contains.encode(), read_file(file))):
            yield tag, reason


def _of_file(file: File) -> Iterator[Finding]:
    head = first_bytes(file, _LINE)
    if head.startswith(b"#!"):
        yield from _of_script(file, _interpreter(head))
    elif file.mode & 0o111 and not (starts_like_elf(file) or _FOREIGN.fullmatch(file.path)):
        yield "executable-not-elf-or-script", _MODES
    if file.path.endswith((".gz", ".tgz")) and head.startswith(_GZIP) and any(head[4:8]):
        yield "package-contains-timestamped-gzip", _DIGEST
    if _PAGE.fullmatch(file.path):
        yield from _of_page(file)
    if _PLAIN.fullmatch(file.path) and _in_another_encoding(read_file(file)):
        yield "national-encoding", "a file of a wheel, in the encoding of its project"


def _interpreter(head: bytes) -> str:
    """Name what a script asks for; what ``env`` has to find is ``env <name>``."""
    words = head.partition(b"\n")[0][2:].decode("utf-8", "replace").split()
    if words and words[0] == "/usr/bin/env":
        words = [word for word in words if not word.startswith("-")]
        return f"env {words[1]}" if len(words) > 1 else ""
    return words[0] if words else ""


def _of_script(file: File, interpreter: str) -> Iterator[Finding]:
    executable = bool(file.mode & 0o111)
    absolute = interpreter.startswith(("/", "env "))
    if not (executable or absolute or "bin/" in file.path):
        return  # a remark for editors, says lintian
    if not executable and interpreter and not _MODULE.fullmatch(file.path):
        yield "script-not-executable", _MODES
    if re.search(r"bin/[^/]+", file.path) and interpreter in {"/usr/bin/python", "env python"}:
        yield "script-uses-unversioned-python-in-shebang", _DIGEST
    for kind in ("interpreter", "program") if executable else ("interpreter",):
        for pattern, _, tag, reason in _rules(kind):
            if pattern.fullmatch(interpreter):
                yield tag, reason


def _of_page(file: File) -> Iterator[Finding]:
    """Find what a page loads from elsewhere: who wrote it wanted that."""
    data = read_file(file).lower()
    if _FRAGMENT.search(data):
        text = data.decode("utf-8", "replace")
        for pattern, _, tag, _ in _rules("fragment"):
            if pattern.search(text):
                yield tag, _LOADS
    if not _ADDRESS.search(data):
        return
    for match in _LOADED.finditer(_COMMENT.sub(b"", data)):
        url = (match["url"] or match["imported"]).decode("utf-8", "replace")
        if _LOCAL.match(url) or _NOT_FOLLOWED.match(match["element"] or b""):
            continue
        for pattern, _, tag, _ in _rules("page"):
            if pattern.search(url):
                yield tag, _LOADS
                break


def _in_another_encoding(data: bytes) -> bool:
    if data.isascii() or _NOT_TEXT.search(data):
        return False
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return True
    return False


@cache
def _rules(kind: str) -> tuple[tuple[re.Pattern[str], str, str, str], ...]:
    """Compile the rules of a kind: pattern, what is inside, tag, reason."""
    return tuple(
        (
            re.compile(each["pattern"]),
            each.get("contains", ""),
            each["tag"],
            each.get("reason", ""),
        )
        for each in profile("lintian")[kind]
    )
