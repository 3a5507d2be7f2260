"""Images in registries: what they are called, and how they come and go.

The protocol is OCI's distribution specification, version 1.1:
https://github.com/opencontainers/distribution-spec/blob/main/spec.md. A registry is told
nothing but what the image holds, and believed nothing: every byte has its digest.
"""

from repackage.container._model import Moved, Progress, Pulled, Pushed, RegistrySettings
from repackage.container._platform import Platform
from repackage.container._pull import pull
from repackage.container._push import push
from repackage.container._reference import Reference

__all__ = [
    "Moved",
    "Platform",
    "Progress",
    "Pulled",
    "Pushed",
    "Reference",
    "RegistrySettings",
    "pull",
    "push",
]
