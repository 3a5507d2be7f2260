"""Where the layout has modules and data of a wheel."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from repackage.stage._launcher import reserved
from repackage.stage._model import join

if TYPE_CHECKING:
    from repackage.stage._claims import Claims
    from repackage.tree import File

#: ``.pth`` files that do nothing of use where ``.pth`` files are not read. Namespace
#: packages are implicit since Python 3.3; the others hook build tools and test runners.
_HARMLESS_PTH = {
    "*-nspkg.pth": "its namespace is an implicit one (PEP 420)",
    "distutils-precedence.pth": "setuptools is no build tool here",
    "a1_coverage.pth": "it measures the coverage of tests",
    "pytest-cov.pth": "it measures the coverage of tests",
    "_virtualenv.pth": "it belongs to a virtual environment",
}


def claim_module(claims: Claims, site: str, path: str, file: File) -> None:
    """Claim a place in a site directory, unless it is a ``.pth`` file nobody reads."""
    if not path.endswith(".pth") or "/" in path or claims.layout.pth:
        claims.add(join(site, path), file)
        return
    reasons = [why for name, why in _HARMLESS_PTH.items() if fnmatchcase(path, name)]
    if reasons:
        reason = f"no .pth file is read in this layout, and {reasons[0]}"
        claims.note(path, "dropped", reason)
    else:
        claims.refuse(
            f"{path!r} of {claims.share.name} would not be read in this layout",
            advice="use a format or an option with the app layout, where .pth files work",
        )


def claim_data(claims: Claims, path: str, file: File) -> None:
    """Claim a place for a data file; the root wheel's may be the system's (trap T27)."""
    directory, _, name = path.rpartition("/")
    if path == "pyvenv.cfg" or (directory in {"bin", "Scripts"} and reserved(name)):
        claims.refuse(
            f"the data file {path!r} of {claims.share.name} would take the place of the"
            " interpreter",
            advice="a wheel must not bring an environment of its own",
        )
        return
    for prefix, destination in claims.layout.system_data if claims.share.root else ():
        if path.startswith(prefix):
            claims.add(destination + path.removeprefix(prefix), file)
            return
    claims.add(join(claims.layout.data, path), file)
