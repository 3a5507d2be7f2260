"""Tests of ``repackage.fetch``."""
