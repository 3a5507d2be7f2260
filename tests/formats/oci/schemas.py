"""JSON Schemas of an image's documents, after those of image-spec 1.1 (its directory ``schema``).

Stricter than those where we can be: nothing is in a document that the specification does not
know.
"""

from __future__ import annotations

from typing import Any, Final

_DIGEST: Final = {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"}
_STRINGS: Final = {"type": "array", "items": {"type": "string"}}
_SET: Final = {
    "type": "object",
    "additionalProperties": {"type": "object", "additionalProperties": False},
}
_TEXTS: Final = {"type": "object", "additionalProperties": {"type": "string"}}
_DATE: Final = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$"}


def _closed(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


def _descriptor(media_type: str, **more: Any) -> dict[str, Any]:
    return _closed(
        {
            "mediaType": {"type": "string", "pattern": media_type},
            "digest": _DIGEST,
            "size": {"type": "integer", "minimum": 0},
            "annotations": _TEXTS,
            **more,
        },
        "mediaType",
        "digest",
        "size",
    )


_KIND: Final = r"^application/vnd\.oci\.image\."
_PLATFORM: Final = _closed(
    {
        "architecture": {"enum": ["amd64", "arm64", "arm", "386", "ppc64le", "s390x"]},
        "os": {"const": "linux"},
        "variant": {"type": "string"},
    },
    "architecture",
    "os",
)

MANIFEST: Final = _closed(
    {
        "schemaVersion": {"const": 2},
        "mediaType": {"const": "application/vnd.oci.image.manifest.v1+json"},
        "config": _descriptor(_KIND + r"config\.v1\+json$"),
        "layers": {
            "type": "array",
            "minItems": 1,
            "items": _descriptor(_KIND + r"layer\.v1\.tar(\+gzip|\+zstd)?$"),
        },
        "annotations": _TEXTS,
    },
    "schemaVersion",
    "mediaType",
    "config",
    "layers",
)

INDEX: Final = _closed(
    {
        "schemaVersion": {"const": 2},
        "mediaType": {"const": "application/vnd.oci.image.index.v1+json"},
        "manifests": {
            "type": "array",
            "minItems": 1,
            "items": _descriptor(_KIND + r"(manifest|index)\.v1\+json$", platform=_PLATFORM),
        },
        "annotations": _TEXTS,
    },
    "schemaVersion",
    "mediaType",
    "manifests",
)

CONFIG: Final = _closed(
    {
        "created": _DATE,
        "author": {"type": "string"},
        **_PLATFORM["properties"],
        "config": _closed(
            {
                "User": {"type": "string"},
                "ExposedPorts": _SET,
                "Env": {
                    "type": "array",
                    "items": {"type": "string", "pattern": "^[^=]+=[\\s\\S]*$"},
                },
                "Entrypoint": _STRINGS,
                "Cmd": _STRINGS,
                "Volumes": _SET,
                "WorkingDir": {"type": "string"},
                "Labels": _TEXTS,
                "StopSignal": {"type": "string"},
            }
        ),
        "rootfs": _closed(
            {
                "type": {"const": "layers"},
                "diff_ids": {"type": "array", "items": _DIGEST, "minItems": 1},
            },
            "type",
            "diff_ids",
        ),
        "history": {
            "type": "array",
            "items": _closed(
                {
                    "created": _DATE,
                    "author": {"type": "string"},
                    "created_by": {"type": "string"},
                    "comment": {"type": "string"},
                    "empty_layer": {"type": "boolean"},
                }
            ),
        },
    },
    "architecture",
    "os",
    "rootfs",
)

LAYOUT: Final = _closed({"imageLayoutVersion": {"const": "1.0.0"}}, "imageLayoutVersion")
