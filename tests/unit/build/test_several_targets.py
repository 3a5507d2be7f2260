"""An artifact for each of several targets, or one artifact for all of them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

import pytest
from packaging.utils import canonicalize_name

from repackage import registry
from repackage.build import Asked, build, plan, plans, request_of
from repackage.errors import ConfigError, FormatError, OutputError, ResolveError
from repackage.format import Layout, Plan, Served, Surroundings, flat_layout
from repackage.target import distribution_target
from tests.unit.build.project import Project, make_project

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from repackage.format import Format
    from repackage.package import Package
    from repackage.target import Target
    from repackage.tree import Entry, Tree


@dataclass(frozen=True, kw_only=True, slots=True)
class NoOptions:
    """Nothing to decide."""


@dataclass
class OneForAll:
    """A format of which one artifact serves every target; it remembers what it is given."""

    served: tuple[Target, ...] = ()
    """Other targets than those that were asked for."""
    may_leave_out: bool = False
    needs: Literal["plan", "wheels", "tree"] = "tree"
    losing: str = ""
    """An architecture whose entries are not in the artifact."""
    builds: list[tuple[Plan[Any], Tree]] = field(default_factory=list)
    surroundings: list[Surroundings] = field(default_factory=list)

    Options = NoOptions

    def layout(self, package: Package, target: Target, options: Any) -> Layout:  # noqa: ARG002 - the protocol's
        return flat_layout()

    def filename(self, plan: Plan[Any]) -> str:
        return f"{plan.package.name}.all"

    def targets(self, asked: tuple[Target, ...], options: Any) -> Served:  # noqa: ARG002 - the protocol's
        return Served(
            targets=self.served or asked, may_leave_out=self.may_leave_out, needs=self.needs
        )

    def prepare(self, plan: Plan[Any], surroundings: Surroundings) -> Plan[Any]:
        self.surroundings.append(surroundings)
        return replace(plan, jobs=77)

    def emit(self, plan: Plan[Any], tree: Tree, out: Path) -> None:
        self.emit_several([(plan, tree)], out)

    def emit_several(self, builds: Sequence[tuple[Plan[Any], Tree]], out: Path) -> None:
        self.builds = list(builds)
        out.write_text("all")
        for each, _ in builds:
            each.warn(f"made for {each.target.name}")

    def read(self, artifact: Path) -> Iterator[Entry]:
        return self.read_arch(artifact, self.builds[0][0].target.arch)

    def read_arch(self, artifact: Path, arch: str) -> Iterator[Entry]:
        assert artifact.exists()
        for each, tree in self.builds:
            if each.target.arch == arch != self.losing:
                yield from tree


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return make_project(tmp_path)


@pytest.fixture
def one(monkeypatch: pytest.MonkeyPatch) -> OneForAll:
    """The format ``one``, installed beside the real ones."""
    made = OneForAll()
    real_formats, real_load = registry.formats, registry.load

    def load(name: str) -> Format[Any]:
        return made if name == "one" else real_load(name)

    monkeypatch.setattr(registry, "formats", lambda: ("one", *real_formats()))
    monkeypatch.setattr(registry, "load", load)
    return made


class Told:
    """Events that remember warnings."""

    def __init__(self) -> None:
        self.warnings: list[str] = []

    def warn(self, what: str) -> None:
        self.warnings.append(what)

    def __getattr__(self, name: str) -> Any:
        return lambda *_: None


BOTH = {"arch": ("x86_64", "aarch64")}


def test_a_format_for_one_machine_makes_an_artifact_for_each_target(project: Project) -> None:
    flags = {"target": ("debian-12", "debian-13")}
    artifacts = build(project.request("tar", "deb", flags=flags))

    assert project.left_behind() == sorted(artifact.basename for artifact in artifacts)
    assert len(artifacts) == 4


def test_the_table_may_name_several_targets(project: Project) -> None:
    (project.directory / "pyproject.toml").write_text(
        '[tool.repackage]\ntarget = ["debian-12", "el9"]\narch = "x86_64"\n'
    )
    request = request_of(Asked(wheel=project.wheel, cache_dir=project.cache))

    assert [target.name for target in request.targets] == ["debian-12-x86_64", "el9-x86_64"]


def test_each_target_is_taken_once_and_all_that_is_wrong_is_told(project: Project) -> None:
    twice = project.request("tar", flags={"target": ("debian-12", "debian-12")})
    with pytest.raises(ConfigError) as caught:
        project.request("tar", flags={"target": ("debain-12", "el99", "debian-12")})

    assert len(twice.targets) == 1
    assert len(caught.value.problems) == 2


@pytest.mark.usefixtures("one")
def test_two_targets_with_one_file_name_are_refused_before_work(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(OneForAll, "targets")
    with pytest.raises(
        OutputError, match="overwrite the artifact of 'one' for debian-12-x86_64"
    ):
        plans(project.request("one", flags=BOTH))


def test_one_artifact_may_serve_all_targets(project: Project, one: OneForAll) -> None:
    told = Told()
    (artifact,) = build(project.request("one", flags=BOTH), events=told)

    assert artifact.basename == "app.all"
    assert artifact.targets == ("debian-12-x86_64", "debian-12-aarch64")
    assert [plan.target.arch for plan, _ in one.builds] == ["x86_64", "aarch64"]
    assert [other.target.arch for other in one.builds[0][0].others] == ["aarch64"]
    assert told.warnings == ["made for debian-12-x86_64", "made for debian-12-aarch64"]


def test_what_is_lost_for_one_of_the_machines_is_noticed(
    project: Project, one: OneForAll
) -> None:
    one.losing = "aarch64"
    with pytest.raises(FormatError, match="missing when it is read back"):
        build(project.request("one", flags=BOTH))

    assert project.left_behind() == []


def test_a_format_is_given_its_wheels_and_the_pieces_of_earlier_builds(
    project: Project, one: OneForAll
) -> None:
    one.needs = "wheels"
    build(project.request("one", flags=BOTH))
    ((plan, _),) = one.builds

    assert sorted(plan.wheels) == sorted(plan.others[0].wheels) == ["app", "greet"]
    assert plan.wheels[canonicalize_name("app")].samefile(project.wheel)
    assert plan.pieces is not None
    assert plan.pieces.find("0" * 64) is None


def test_a_format_prepares_itself_before_anything_is_staged(
    project: Project, one: OneForAll
) -> None:
    build(project.request("one", flags=BOTH))

    assert [plan.jobs for plan, _ in one.builds] == [77, 77]
    assert len(one.surroundings) == 2
    assert one.surroundings[0].offline
    assert one.surroundings[0].project == project.directory
    assert one.surroundings[0].cache.is_dir()


def test_a_target_without_wheels_is_left_out_where_that_may_be(
    project: Project, one: OneForAll
) -> None:
    project.lock_the_source()  # which is not pure as far as anybody knows
    one.served = tuple(distribution_target("debian-12", arch=arch) for arch in BOTH["arch"])
    one.may_leave_out, one.needs = True, "plan"
    planned = plan(project.request("one"))
    (output,) = planned.outputs

    assert [other.target.arch for other in output.others] in (["aarch64"], [])
    for reason in output.left_out:
        assert reason.startswith("debian-12-aarch64 is left out: ")


def test_a_target_that_may_not_be_left_out_is_refused(project: Project, one: OneForAll) -> None:
    project.lock.write_text(project.lock.read_text().replace(">=3.10", ">=3.12", 1))
    one.served = tuple(
        distribution_target(name, arch="x86_64") for name in ("debian-13", "debian-12")
    )
    with pytest.raises(ResolveError):
        plan(project.request("one"))

    one.may_leave_out = True
    (output,) = plan(project.request("one")).outputs

    assert output.others == ()
    assert output.left_out[0].startswith("debian-12-x86_64 is left out: ")
