"""What an image is called."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from repackage_formats.oci._platform import platform_of
from repackage_formats.oci._validation import is_tag

if TYPE_CHECKING:
    from repackage.format import Plan
    from repackage_formats.oci._options import Options


def filename(plan: Plan[Options]) -> str:
    """Name the artifact: ``app-1.0-amd64.oci.tar``, ``app-1.0-amd64-arm64.oci``."""
    targets = [plan.target, *(other.target for other in plan.others)]
    platforms = [platform_of(target) for target in targets]
    machines = [f"{each.architecture}{each.variant}" for each in platforms]
    suffix = "oci" if plan.options.output == "directory" else "oci.tar"
    version = re.sub(r"[^A-Za-z0-9.+-]", "-", str(plan.package.version))
    return f"{plan.package.name}-{version}-{'-'.join(sorted(machines))}.{suffix}"


def tags(plan: Plan[Options]) -> tuple[str, ...]:
    """Choose the tags: those asked for, else the version, of which a tag can hold all but ``+``."""
    if plan.options.tags:
        return plan.options.tags
    tag = re.sub(r"[^A-Za-z0-9_.-]", "-", str(plan.package.version))
    return (tag if is_tag(tag) else tag[:128],)


def full_names(plan: Plan[Options]) -> dict[str, str]:
    """Spell out what the image is called under each of its tags."""
    name = plan.options.name or plan.package.name
    return {tag: f"{name}:{tag}" for tag in tags(plan)}
