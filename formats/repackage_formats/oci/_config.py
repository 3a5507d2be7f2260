"""The configuration of an image: how it is run, and what it says of itself.

https://github.com/opencontainers/image-spec/blob/main/config.md; the keys of labels are those
of annotations.md. Nothing in it depends on how layers are compressed, and so neither does the
digest of the configuration, which is the image's identity.
"""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from repackage.text import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from repackage.format import Plan
    from repackage_formats.oci._json import Document
    from repackage_formats.oci._make import Layer
    from repackage_formats.oci._options import Options
    from repackage_formats.oci._prepared import Prepared

_KEYS = "org.opencontainers.image."
#: What every runtime has if an image says nothing.
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_SOURCES = {"source", "sourcecode", "repository", "github"}
_DOCUMENTATION = {"documentation", "docs"}


def created(plan: Plan[Options]) -> str:
    """Spell the epoch as images have dates (RFC 3339)."""
    moment = datetime.fromtimestamp(plan.epoch, tz=timezone.utc)
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def configuration(
    plan: Plan[Options],
    layers: Sequence[Layer],
    prepared: Prepared,
    *,
    platform: Mapping[str, str],
) -> dict[str, Any]:
    """Compose the configuration of an image with these layers, those of the base among them."""
    maintainer = plan.package.maintainer
    author = _contact(maintainer.name, maintainer.email) if maintainer else ""
    return {
        **platform,
        **({"author": author} if author else {}),
        "created": created(plan),
        "config": _process(plan, prepared),
        "rootfs": {"type": "layers", "diff_ids": [layer.diff_id for layer in layers]},
        "history": [*prepared.history, *(layer.history for layer in layers[prepared.depth :])],
    }


def labels(plan: Plan[Options], prepared: Prepared) -> dict[str, str]:
    """Tell what the image is, from the wheel, the base and the options."""
    package, options = plan.package, plan.options
    metadata = package.metadata
    urls = {"".join(filter(str.isalnum, label)).lower(): url for label, url in package.urls}
    maintainer = package.maintainer
    told = {
        "title": metadata.display_name,
        "description": package.summary,
        "version": str(package.version),
        "created": created(plan),
        "authors": _contact(maintainer.name, maintainer.email) if maintainer else "",
        "url": package.homepage,
        "source": _first(urls, _SOURCES),
        "documentation": _first(urls, _DOCUMENTATION),
        "licenses": metadata.license_expression,
        "base.name": prepared.reference,
        "base.digest": prepared.digest,
    }
    ours = {_KEYS + key: one_line(value) for key, value in told.items()}
    merged = {**prepared.labels, **ours, **options.labels}
    return {key: merged[key] for key in sorted(merged) if merged[key]}


def annotated(plan: Plan[Options], prepared: Prepared) -> dict[str, str]:
    """Tell registries the same, but what only the base says of itself."""
    inherited = prepared.labels.keys() - plan.options.labels.keys()
    told = labels(plan, prepared)
    ours = {key: told[key] for key in told if key not in inherited}
    merged = {**ours, **plan.options.annotations}
    return {key: merged[key] for key in sorted(merged) if merged[key]}


def inherited_labels(config: Document) -> dict[str, str]:
    """Keep the labels of a base, but what it says of itself with the keys that are for that."""
    told = config.below("config").below("Labels").strings()
    return {key: value for key, value in told.items() if not key.startswith(_KEYS)}


def default_entrypoint(plan: Plan[Options]) -> tuple[str, ...]:
    """Find the command that the wheel is about; none if it brings several that are none."""
    scripts = plan.package.scripts
    named = [each for each in scripts if each.replace("_", "-").lower() == plan.package.name]
    found = named or (list(scripts) if len(scripts) == 1 else [])
    return (f"/{plan.layout.scripts}/{found[0]}",) if found else ()


def _process(plan: Plan[Options], prepared: Prepared) -> dict[str, Any]:
    options, base = plan.options, prepared.run
    told = {
        "User": options.user,
        "ExposedPorts": _all(base, "ExposedPorts", map(_port, options.ports)),
        "Env": _environment(plan, base),
        "Entrypoint": list(
            default_entrypoint(plan) if options.entrypoint is None else options.entrypoint
        ),
        "Cmd": list(options.command),
        "Volumes": _all(base, "Volumes", options.volumes),
        "WorkingDir": options.working_directory or base.text("WorkingDir") or "/",
        "Labels": labels(plan, prepared),
        "StopSignal": options.stop_signal,
    }
    return {key: value for key, value in told.items() if value}


def _environment(plan: Plan[Options], base: Document) -> list[str]:
    """Lay variables over those of the base; the application's own directories come first.

    ``PYTHONPATH`` is for what launchers start, and for ``python -m``: without an environment
    of its own (``pyvenv.cfg``), nothing else would lead to the modules.
    """
    pairs = (each.partition("=") for each in base.texts("Env"))
    found = {name: value for name, separator, value in pairs if separator}
    library = f"/{plan.layout.purelib}"
    found["PATH"] = f"/{plan.layout.scripts}:{found.get('PATH') or _PATH}"
    found |= {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1"}
    found |= plan.options.environment
    also = found.get("PYTHONPATH")
    found["PYTHONPATH"] = f"{library}:{also}" if also else library
    return [f"{name}={found[name]}" for name in sorted(found)]


def _all(base: Document, key: str, added: Any) -> dict[str, dict[str, str]]:
    names = {*base.below(key).table, *added}
    return {name: {} for name in sorted(names)}


def _port(port: str) -> str:
    return port if "/" in port else f"{port}/tcp"


def _first(urls: Mapping[str, str], wanted: set[str]) -> str:
    return next((url for label, url in sorted(urls.items()) if label in wanted), "")


def _contact(name: str, email: str) -> str:
    return f"{name} <{email}>" if email else name
