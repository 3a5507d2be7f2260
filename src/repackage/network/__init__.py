"""What every client of HTTP here shares: addresses, patience, and threads that end.

Connections themselves are in :mod:`repackage.network.connections`, which alone knows
urllib3: that takes as long to import as all of the rest.
"""

from repackage.network._crew import Crew
from repackage.network._login import Login
from repackage.network._patience import patience, retries
from repackage.network._persistence import Failed, Persistence, Stopped, retry_after
from repackage.network._url import (
    is_loopback,
    is_requestable,
    origin,
    shown,
    without_credentials,
)

__all__ = [
    "Crew",
    "Failed",
    "Login",
    "Persistence",
    "Stopped",
    "is_loopback",
    "is_requestable",
    "origin",
    "patience",
    "retries",
    "retry_after",
    "shown",
    "without_credentials",
]
