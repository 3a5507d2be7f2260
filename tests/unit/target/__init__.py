"""Tests of ``repackage.target``."""
