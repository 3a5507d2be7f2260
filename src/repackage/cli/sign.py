"""``repackage sign``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from repackage.cli._options import FILE, machine_readable, signing, talkative

if TYPE_CHECKING:
    from pathlib import Path

    from repackage.cli._talk import Talk
    from repackage.format import Reader


@click.command("sign")
@click.argument("artifacts", nargs=-1, required=True, type=FILE, metavar="ARTIFACT...")
@signing
@click.option(
    "-f",
    "--format",
    "format_name",
    metavar="NAME",
    help="What the artifacts are.  [default: as they look]",
)
@machine_readable
@talkative
def command(  # noqa: PLR0913 - one for each option
    *,
    artifacts: tuple[Path, ...],
    sign_keys: tuple[str, ...],
    sign_command: str,
    sign_public_key: Path | None,
    format_name: str | None,
    as_json: bool,
    talk: Talk,
) -> None:
    """Sign artifacts that were made before, whoever made them.

    Rpms are signed. Each artifact is replaced at once by its signed copy; signatures that
    it had are gone, and nothing else of it changes. If one of them cannot be signed, none
    is.
    """
    from repackage.build import sign  # lazily
    from repackage.cli._made import show  # lazily
    from repackage.errors import UsageError
    from repackage.signing import SigningOptions  # lazily

    options = SigningOptions(keys=sign_keys, command=sign_command, public_key=sign_public_key)
    signer = options.signer()
    if signer is None:
        raise UsageError.of(
            "nobody is to sign",
            advice="--sign-key names a key that gpg has, --sign-command a program that signs",
        )
    signed = sign(_recognised(artifacts, format_name), signer)
    show(signed, as_json=as_json, talk=talk)


def _recognised(
    artifacts: tuple[Path, ...], format_name: str | None
) -> list[tuple[Path, str, Reader]]:
    """Find the format of each artifact; of all those that have none, it is said at once."""
    from repackage.cli._recognise import recognise, refuse_unreadable  # lazily
    from repackage.errors import InputError, Problems, SigningError  # lazily

    found: list[tuple[Path, str, Reader]] = []
    problems = Problems()
    for path in dict.fromkeys(artifacts):
        try:
            refuse_unreadable(path)
            found.append((path, *recognise(path, format_name=format_name)))
        except InputError as error:  # noqa: PERF203 - all are looked at
            problems.extend(error.problems)
    problems.raise_if_any(SigningError)
    return found
