"""Distributions of strangers, each installed and tested on its own by tox."""
