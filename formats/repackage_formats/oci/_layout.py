"""Where an image has the application, and which targets one image is for."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from repackage.errors import Problems, UsageError
from repackage.format import Layout, Served
from repackage_formats.oci._interpreter import interpreter_path
from repackage_formats.oci._platform import platform_of

if TYPE_CHECKING:
    from repackage.package import Package
    from repackage.target import Target
    from repackage_formats.oci._options import Options


def layout_of(package: Package, target: Target, options: Options) -> Layout:
    """Lay out commands, modules and data below the prefix; what is for ``/etc`` goes there."""
    prefix = options.prefix.removeprefix("/")
    library = f"{prefix}/lib"
    return Layout(
        purelib=library,
        platlib=library,
        scripts=f"{prefix}/bin",
        headers=f"{prefix}/include",
        data=prefix,
        interpreter=interpreter_path(options, target),
        path=f"/{library}",
        pth=False,
        ledger=f"{prefix}/share/repackage/{package.name}/ledger.json",
        system_data=(("etc/", "etc/"),),
    )


def served(asked: tuple[Target, ...], options: Options) -> Served:
    """Serve all targets at once, each a platform of its own."""
    del options
    by_platform = defaultdict(list)
    for target in asked:
        by_platform[str(platform_of(target))].append(target.name)
    problems = Problems()
    for platform, names in by_platform.items():
        if len(names) > 1:
            problems.add(
                f"{' and '.join(names)} are both {platform}, of which an image has one",
                advice="build them one by one",
            )
    problems.raise_if_any(UsageError)
    return Served(targets=asked, needs="tree")
