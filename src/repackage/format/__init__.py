"""The format protocol: what a format is given, and what it must offer.

A format is a pure function of a :class:`Plan` and a :class:`~repackage.tree.Tree`. A
module satisfies the protocol; nothing of ours needs to be imported to be a format. Its
name is the name of its entry point in the group ``repackage.formats``; a module that
only reads has the group ``repackage.readers``.
"""

from repackage.format._layout import Layout, app_layout, flat_layout, system_layout
from repackage.format._logbook import Logbook, Stretch, Verbatim
from repackage.format._plan import External, Pieces, Plan, Served, Surroundings
from repackage.format._protocol import (
    Announces,
    EmitsSeveral,
    Format,
    Prepares,
    Reader,
    ReadsLogged,
    ReadsWheels,
    ServesSeveral,
    Signs,
    Wheels,
)

__all__ = [
    "Announces",
    "EmitsSeveral",
    "External",
    "Format",
    "Layout",
    "Logbook",
    "Pieces",
    "Plan",
    "Prepares",
    "Reader",
    "ReadsLogged",
    "ReadsWheels",
    "Served",
    "ServesSeveral",
    "Signs",
    "Stretch",
    "Surroundings",
    "Verbatim",
    "Wheels",
    "app_layout",
    "flat_layout",
    "system_layout",
]
