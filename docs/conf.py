"""How the documentation is built: ``tox -e docs``."""

from __future__ import annotations

import sys
from importlib.metadata import version as version_of
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

import generate  # noqa: E402 - it stands beside this file

project = "repackage"
author = "The repackage developers"
copyright = author  # noqa: A001 - the name is Sphinx's
release = version = version_of("repackage")

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.viewcode"]
exclude_patterns = ["_build", "explanation/_*.md", "reference/_generated"]
html_theme = "furo"
html_title = "repackage"
html_theme_options = {
    "footer_icons": [],
    "sidebar_hide_name": False,
}

myst_enable_extensions = ["deflist", "colon_fence"]
myst_heading_anchors = 3
highlight_language = "text"
smartquotes = False  # it takes the dashes of --options for typography

autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_default_options = {"members": True, "show-inheritance": True}
# Third parties' documentation is not fetched at build time, so their names are not links.
nitpick_ignore_regex = [
    ("py:.*", r"(?!repackage\.).*"),
    ("py:.*", r"repackage\.(.+\._|_).*"),
    ("py:.*", r"repackage\.format\.O"),
]

generate.write(HERE / "reference" / "_generated")
