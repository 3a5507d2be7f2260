"""A plugin's own tests are collected only where the plugin is installed."""

from importlib.util import find_spec

collect_ignore = [] if find_spec("repackage_listing") else ["repackage-listing"]
