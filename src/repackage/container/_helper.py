"""Programs that know logins: https://github.com/docker/docker-credential-helpers."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from typing import Any

from repackage.errors import UsageError
from repackage.text import one_line

#: Seconds that a helper may take: some fetch a token from a server.
_PATIENCE = 60
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
#: What helpers say of a registry that they do not know.
_NOT_THERE = "credentials not found"
_LONGEST = 200


def ask_helper(name: str, server: str, *, where: str) -> tuple[str, str] | None:
    """Ask ``docker-credential-<name>`` for user and secret; None: it knows none.

    Raises:
        UsageError: The program is not there, or fails.
    """
    program = f"docker-credential-{name}"
    path = shutil.which(program) if _NAME.fullmatch(name) else None
    if path is None:
        raise UsageError.of(
            f"the program {program!r} is not there",
            where=where,
            advice="install it, or take its entry out of that file",
        )
    try:
        done = subprocess.run(  # noqa: S603 - the user's own helper
            [path, "get"],
            input=server.encode(),
            capture_output=True,
            check=False,
            timeout=_PATIENCE,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        reason = getattr(error, "strerror", None) or f"no answer in {_PATIENCE} seconds"
        raise _failed(program, reason, where) from error
    if done.returncode != 0:
        said = one_line((done.stdout + b" " + done.stderr).decode("utf-8", "replace"))
        if _NOT_THERE in said:
            return None
        raise _failed(program, f"status {done.returncode}: {_without_secrets(said)}", where)
    return _read(done.stdout, program=program, where=where)


def _read(answer: bytes, *, program: str, where: str) -> tuple[str, str] | None:
    table: Any
    try:
        table = json.loads(answer)
    except ValueError:
        table = None
    match table:
        case {"Username": str(username), "Secret": str(secret)}:
            return (username, secret) if secret else None
        case _:
            raise _failed(program, "its answer is no login", where)


def _without_secrets(said: str) -> str:
    """What a helper complains of; an answer, which may hold a secret, is not shown."""
    return "it gives an answer all the same" if "{" in said else said[:_LONGEST]


def _failed(program: str, reason: str, where: str) -> UsageError:
    return UsageError.of(
        f"{program} failed: {reason}", where=where, advice=f"try it: {program} list"
    )
