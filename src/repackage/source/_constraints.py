"""Build constraints of a lock, as lines of a constraints file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from repackage.lock import DirectUrl, Git, LocalArchive, SourceTree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from repackage.lock import BuildConstraint, Manifest, Source


def constraint_lines(manifest: Manifest) -> tuple[str, ...]:
    """Say what the lock wants of the requirements of back ends: uv and pip read such lines."""
    return tuple("".join(_parts(constraint)) for constraint in manifest.build_constraints)


def _parts(constraint: BuildConstraint) -> Iterator[str]:
    declared = constraint.declaration
    yield declared.name
    if declared.extras:
        yield f"[{','.join(declared.extras)}]"
    if declared.source is not None:
        yield f" @ {_url(declared.source)}"
    elif declared.specifier is not None:
        yield str(declared.specifier)
    if declared.marker:
        yield f" ; {declared.marker}"
    for each in constraint.hashes:
        yield f" --hash={each.algorithm}:{each.digest}"


def _url(source: Source) -> str:
    match source:
        case Git(url=url, commit=commit, reference=reference, subdirectory=below):
            at = reference.partition("=")[2] if set(commit) == {"0"} else commit
            part = f"#subdirectory={below}" if below else ""
            return f"git+{url}{f'@{at}' if at else ''}{part}"
        case DirectUrl(url=url, subdirectory=below):
            return f"{url}#subdirectory={below}" if below else url
        case LocalArchive(path=path) | SourceTree(path=path):
            return path.as_uri()
        case _:
            raise ValueError(f"not a source of a requirement: {source!r}")
