from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from repackage import backend
from repackage.errors import ConfigError, UsageError
from tests.unit.build.project import Project, make_project

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    made = make_project(tmp_path)
    monkeypatch.setenv("REPACKAGE_CACHE_DIR", str(made.cache))
    return made


def test_there_is_a_hook_for_each_installed_format() -> None:
    assert {"build_deb", "build_tar"} <= set(dir(backend))
    assert backend.build_deb.__doc__ == "Write an artifact of the format deb."


@pytest.mark.parametrize("name", ["build_dbe", "deb", "build_"])
def test_there_is_nothing_else(name: str) -> None:
    with pytest.raises(AttributeError, match=name):
        getattr(backend, name)


def test_a_hook_returns_the_base_name_of_what_it_wrote(project: Project) -> None:
    name = backend.build_tar(
        project.wheel,
        str(project.lock),
        project.out,
        {
            "target": "debian-12",
            "arch": "x86_64",
            "offline": "true",
            "find-links": [str(project.wheelhouse)],
            "extras": ["loud"],
            "tar.compression": "xz",
        },
    )

    assert name == "app-1.0-debian-12-x86_64.tar.xz"
    assert project.left_behind() == [name]


def test_a_hook_takes_the_table_of_the_project(project: Project) -> None:
    (project.directory / "pyproject.toml").write_text(
        '[tool.repackage]\ntarget = "debian-12"\narch = "arm64"\noffline = true\n'
        'find-links = ["wheelhouse"]\nformats = ["deb"]\n'
    )

    name = backend.build_tar(project.wheel, project.lock, project.out)

    assert name == "app-1.0-debian-12-aarch64.tar.gz"


def test_a_setting_that_is_not_known_is_refused(project: Project) -> None:
    with pytest.raises(ConfigError, match=r"-C targte: no option is called 'targte'"):
        backend.build_tar(project.wheel, project.lock, project.out, {"targte": "debian-12"})

    assert not project.out.exists()


def test_a_hook_refuses_several_targets_before_work(project: Project) -> None:
    settings = {"target": ["debian-12", "debian-13"], "find-links": str(project.wheelhouse)}
    with pytest.raises(UsageError, match="2 targets are given, and a hook makes one artifact"):
        backend.build_tar(project.wheel, project.lock, project.out, settings)

    assert not project.out.exists()
