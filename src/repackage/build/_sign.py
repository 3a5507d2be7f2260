"""Signing what has been made: in the scratch directory, or later, beside the artifact."""

from __future__ import annotations

import shutil
import stat
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

from repackage.build._model import Artifact
from repackage.build._output import publish, scratch_directory, settle, translated
from repackage.errors import FormatError, InputError, Problems, SigningError
from repackage.format import Signs

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from repackage.format import Reader
    from repackage.signing import Signer


ADVICE = "leave it unsigned: what is signed is the repository that it is published in"


def refuse_unsignable(formats: Iterable[tuple[str, object]]) -> None:
    """Refuse formats that have no signatures, rather than leave artifacts unsigned.

    Raises:
        SigningError: Naming each of them.
    """
    problems = Problems()
    for name, found in formats:
        if not isinstance(found, Signs):
            problems.add(f"no artifact of the format {name!r} can be signed", advice=ADVICE)
    problems.raise_if_any(SigningError)


def sign_made(made: Path, found: Signs, signer: Signer, *, where: str) -> None:
    """Sign an artifact that nobody has seen yet.

    Raises:
        SigningError: It cannot be signed; whatever is wrong with it is told so.
    """
    try:
        found.sign(made, signer)
    except (SigningError, InputError, FormatError) as error:
        located = (replace(each, where=_located(each.where, where)) for each in error.problems)
        raise SigningError(*located) from error


def sign(artifacts: Sequence[tuple[Path, str, Reader]], signer: Signer) -> tuple[Artifact, ...]:
    """Sign artifacts that were made before, in their places; all of them, or none.

    Each is given with the name of its format, and the format. Others see an artifact
    either as it was or signed.

    Raises:
        SigningError: With all that is wrong with any of them.
        OutputError: A directory cannot be written to.
    """
    problems = Problems()
    signed: list[tuple[Path, Artifact]] = []
    with ExitStack() as stack:
        for path, name, found in artifacts:
            if not isinstance(found, Signs):
                problems.add("cannot be signed", where=str(path), advice=ADVICE)
                continue
            place = path.resolve()  # a link to an artifact stays one
            made = stack.enter_context(scratch_directory(place.parent)) / place.name
            try:
                signed.append((made, _signed(place, made, found, signer=signer, name=name)))
            except SigningError as error:
                problems.extend(error.problems)
        problems.raise_if_any(SigningError)
        for made, artifact in signed:
            with translated(artifact.path.parent):
                publish(made, artifact.path)
    return tuple(artifact for _, artifact in signed)


def _signed(path: Path, made: Path, found: Signs, *, signer: Signer, name: str) -> Artifact:
    """Copy an artifact into a scratch directory, and sign the copy."""
    with translated(path.parent):
        if path.is_dir():
            shutil.copytree(path, made, symlinks=True)
        else:
            shutil.copyfile(path, made)
    sign_made(made, found, signer, where=str(path))
    size, digest = settle(made)
    made.chmod(stat.S_IMODE(path.stat().st_mode))
    return Artifact(format=name, path=path, size=size, sha256=digest, targets=())


def _located(where: str, artifact: str) -> str:
    """Say of which artifact it is, what a signer says of its key."""
    return f"{artifact}: {where}" if where else artifact
