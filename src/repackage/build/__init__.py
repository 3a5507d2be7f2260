"""The straight line: from a request to artifacts, every byte of which was decided before.

:func:`plans` decides and writes nothing; :func:`build` does what was decided.
"""

from repackage.build._build import build
from repackage.build._core import Core, targets_of, tool_schema
from repackage.build._dependencies import Dependencies
from repackage.build._image import save_image
from repackage.build._installed import check
from repackage.build._model import Artifact, Events, Output, Planned, Request
from repackage.build._plan import plan, plans
from repackage.build._request import Asked, environment_epoch, request_of
from repackage.build._sign import sign

__all__ = [
    "Artifact",
    "Asked",
    "Core",
    "Dependencies",
    "Events",
    "Output",
    "Planned",
    "Request",
    "build",
    "check",
    "environment_epoch",
    "plan",
    "plans",
    "request_of",
    "save_image",
    "sign",
    "targets_of",
    "tool_schema",
]
