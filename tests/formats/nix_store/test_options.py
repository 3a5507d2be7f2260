from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from packaging.version import Version

from repackage.errors import ConfigError
from repackage.testing import example_package
from repackage_formats.nix_store import nix_cache, nix_closure
from repackage_formats.nix_store._options import path_name
from repackage_formats.nix_store._path import StorePath
from tests.formats.nix_store.made import HASH, PYTHON, STORED, planned


@pytest.mark.parametrize(
    "interpreter",
    [
        "/usr/bin/python3.11",
        "python3",
        STORED,
        f"{STORED}/",
        f"{STORED}/bin/../../x/bin/python3",
        f"{STORED}/bin/python 3",
        f"{STORED}/bin/python3\n",
        f"{STORED}/{'b' * 240}",
        f"/nix/store/{HASH[1:]}-python3/bin/python3",
    ],
)
def test_an_interpreter_is_a_program_in_a_store(interpreter: str) -> None:
    with pytest.raises(ConfigError, match="is no program of a Nix store"):
        nix_closure.Options(interpreter=interpreter)


def test_every_problem_of_the_options_is_told() -> None:
    with pytest.raises(ConfigError) as caught:
        nix_cache.Options(
            interpreter="python3",
            references=(STORED, "/usr/lib"),
            name=".hidden",
            compression="none",
            level=3,
        )

    assert [problem.where for problem in caught.value.problems] == [
        "interpreter",
        "references[1]",
        "name",
        "level",
    ]


@pytest.mark.parametrize(("compression", "level"), [("xz", 10), ("zstd", 0), ("zstd", 20)])
def test_a_level_is_one_of_the_codec(compression: Any, level: int) -> None:
    with pytest.raises(ConfigError, match=f"'{compression}' has no level {level}"):
        nix_cache.Options(compression=compression, level=level)


def test_what_is_declared_is_told_once_and_sorted() -> None:
    other = f"/nix/store/{'0' * 32}-openssl-3.0.13"
    options = nix_cache.Options(interpreter=PYTHON, references=(STORED, other))

    assert options.declared == (
        StorePath(hash_part="0" * 32, name="openssl-3.0.13"),
        StorePath(hash_part=HASH, name="python3-3.11.9"),
    )
    assert nix_cache.Options().declared == ()


def test_a_store_path_is_called_by_name_and_version() -> None:
    package = replace(example_package(), version=Version("1!2.0+local.1"))

    assert path_name(package, nix_cache.Options()) == "example-1_2.0+local.1"
    assert path_name(package, nix_cache.Options(name="app")) == "app"


def test_artifacts_are_called_by_the_python_that_they_are_for() -> None:
    assert nix_cache.filename(planned()) == "example-1.0-python3.11.nix_cache"
