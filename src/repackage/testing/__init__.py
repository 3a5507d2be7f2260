"""For authors of formats: the contract that every format keeps, and examples to try it on.

Needs pytest. A test module is three lines::

    import repackage_listing
    from repackage.testing import FormatContract

    class TestListing(FormatContract):
        format = repackage_listing
"""

import pytest

pytest.register_assert_rewrite("repackage.testing._contract")  # before it is imported

from repackage.testing._contract import FormatContract  # noqa: E402 - pytest goes first
from repackage.testing._examples import (  # noqa: E402 - as above
    EPOCH,
    example_closure,
    example_package,
    example_plan,
    example_target,
    example_wheel,
)
from repackage.testing._trees import (  # noqa: E402 - as above
    bare_tree,
    example_tree,
    odd_tree,
    tree_of,
    zipped_file,
)

__all__ = [
    "EPOCH",
    "FormatContract",
    "bare_tree",
    "example_closure",
    "example_package",
    "example_plan",
    "example_target",
    "example_tree",
    "example_wheel",
    "odd_tree",
    "tree_of",
    "zipped_file",
]
