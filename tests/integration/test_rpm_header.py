"""Every option of an rpm, as rpm tells it; and packages of rpmbuild's, as we tell them."""

from __future__ import annotations

import shutil
import stat
from typing import TYPE_CHECKING

import pytest

from repackage.tree import File, Symlink
from repackage_formats import rpm
from tests.formats.rpm.made import written
from tests.formats.rpm.test_hard_links import SETS, linked
from tests.integration.rpms import Root, distribution, query, run
from tests.wheels import WheelFactory

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.integration.applications import Application

    Built = Callable[..., Application]
    Repackage = Callable[..., str]

pytestmark = [pytest.mark.native("rpm"), pytest.mark.network]

OPTIONS = """
[tool.repackage.rpm]
package = "renamed-command"
epoch = 2
release = "3.fc43"
group = "Applications/Internet"
license = "MIT AND Apache-2.0"
packager = "Ada Example <ada@example.org>"
vendor = "Example Ltd"
distribution = "Example Linux"
summary = "A command of every option"
description = "All of it"
url = "https://example.org/options"
requires = ["openssl >= 1:3.0", "(nginx or httpd)", "caret > 1.0^2"]
provides = ["example-command = 1.0"]
conflicts = ["example-enemy < 1"]
obsoletes = ["pure-command < 2"]
recommends = ["bash-completion"]
suggests = ["emacs"]
supplements = ["(nginx and python3)"]
enhances = ["httpd"]
config = ["/usr/lib/*/pure_command/old.py"]
documentation = ["/usr/lib/*/pure_command/__init__.py"]
ghosts = ["/var/log/renamed-command.log"]
post-releases = "caret"
compression = "xz"
level = 0
changelog = "One thing\\nAnother thing"
hard-links = true

[tool.repackage.rpm.requires-for]
pre = ["shadow-utils"]

[tool.repackage.rpm.scriptlets]
pretrans = "#!<lua>\\nprint(1)\\n"
pre = "echo pre $1\\n"
post = "echo post\\n"
preun = "#!/usr/bin/bash -e\\necho preun\\n"
postun = "#!/sbin/ldconfig"
posttrans = "#!/usr/bin/python3\\nprint(2)\\n"
verify = "echo verify\\n"

[[tool.repackage.rpm.triggers]]
on = "in"
packages = ["httpd >= 2.4", "nginx"]
script = "echo trigger\\n"

[[tool.repackage.rpm.file-triggers]]
on = "postun"
paths = ["/usr/share/fonts"]
script = "echo fonts\\n"
priority = 5

[[tool.repackage.rpm.file-triggers]]
on = "in"
paths = ["/usr/lib/x", "/usr/lib/y"]
script = "echo all\\n"
transaction = true
"""


@pytest.fixture(scope="module")
def package(
    built: Built, repackage: Repackage, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A package of every option, made by the command from a project's table."""
    directory = tmp_path_factory.mktemp("options")
    application = built("pure_command")
    project = directory / "project"
    shutil.copytree(application.project, project)
    with (project / "pyproject.toml").open("a") as file:
        file.write(OPTIONS)
    repackage(
        "-f", "rpm", project / application.wheel.relative_to(application.project),
        "--target", "fedora-43", "--arch", "x86_64", "--out-dir", directory / "out",
    )  # fmt: skip
    (artifact,) = (directory / "out").glob("*.rpm")
    return artifact


def asked(package: Path, *tags: str) -> list[str]:
    """Ask rpm for tags, a line each."""
    return query("--queryformat", "".join(f"%{{{tag}}}\n" for tag in tags), package)


def test_rpm_tells_what_the_options_say(package: Path) -> None:
    tags = ("nevra", "group", "license", "packager", "vendor", "distribution", "summary", "url",
            "description", "payloadcompressor", "payloadflags")  # fmt: skip

    assert asked(package, *tags) == [
        "renamed-command-2:1.0.0-3.fc43.noarch", "Applications/Internet", "MIT AND Apache-2.0",
        "Ada Example <ada@example.org>", "Example Ltd", "Example Linux",
        "A command of every option", "https://example.org/options", "All of it", "xz", "0",
    ]  # fmt: skip
    assert query("--changelog", package)[1:3] == ["- One thing", "- Another thing"]
    assert query("--changelog", package)[0].endswith(
        "Ada Example <ada@example.org> - 2:1.0.0-3.fc43"
    )


@pytest.mark.parametrize(
    ("kind", "relations"),
    [
        ("requires", {"openssl >= 1:3.0", "(nginx or httpd)", "caret > 1.0^2", "shadow-utils",
                      "config(renamed-command) = 2:1.0.0-3.fc43", "/bin/sh", "/sbin/ldconfig",
                      "/usr/bin/bash", "/usr/bin/python3", "/usr/bin/python3.14",
                      "python(abi) = 3.14", "rpmlib(RichDependencies) <= 4.12.0-1",
                      "rpmlib(CaretInVersions) <= 4.15.0-1",
                      "rpmlib(BuiltinLuaScripts) <= 4.2.2-1",
                      "rpmlib(ScriptletInterpreterArgs) <= 4.0.3-1",
                      "rpmlib(PayloadIsXz) <= 5.2-1"}),
        ("provides", {"example-command = 1.0", "renamed-command = 2:1.0.0-3.fc43",
                      "config(renamed-command) = 2:1.0.0-3.fc43"}),
        ("conflicts", {"example-enemy < 1"}),
        ("obsoletes", {"pure-command < 2"}),
        ("recommends", {"bash-completion"}),
        ("suggests", {"emacs"}),
        ("supplements", {"(nginx and python3)"}),
        ("enhances", {"httpd"}),
    ],
)  # fmt: skip
def test_rpm_tells_every_kind_of_relation(
    package: Path, kind: str, relations: set[str]
) -> None:
    told = set(query(f"--{kind}", package))

    assert relations <= told
    if kind not in {"requires", "provides"}:
        assert told == relations


def test_rpm_tells_when_what_is_required_is_needed(package: Path) -> None:
    lines = query("--queryformat", "[%{requirename} %{requireflags:deptype}\n]", package)
    needed = {(name, frozenset(when.split(","))) for name, when in map(_last_apart, lines)}

    for name, *when in (
        ("shadow-utils", "pre"),
        ("/bin/sh", "pre", "interp"),
        ("/bin/sh", "interp"),
        ("/sbin/ldconfig", "postun", "interp"),
        ("/usr/bin/bash", "preun", "interp"),
        ("/usr/bin/python3", "posttrans", "interp"),
        ("config(renamed-command)", "config"),
        ("openssl", "manual"),
    ):
        assert (name, frozenset(when)) in needed


def _last_apart(line: str) -> tuple[str, str]:
    name, _, word = line.rpartition(" ")
    return name, word


def test_what_was_vendored_is_told_as_bundled(package: Path) -> None:
    provided = query("--provides", package)

    for name in ("click", "httpx", "rich", "h2"):
        assert any(line.startswith(f"bundled(python3dist({name})) = ") for line in provided)
    assert not [line for line in provided if line.startswith("python3dist(")]


def test_rpm_tells_every_script(package: Path) -> None:
    told = "\n".join(query("--scripts", package))

    for line in (
        "pretrans scriptlet (using <lua>):\nprint(1)",
        "preinstall scriptlet (using /bin/sh):\necho pre $1",
        "echo post",
        "preuninstall scriptlet (using /usr/bin/bash -e):\necho preun",
        "postuninstall program: /sbin/ldconfig",
        "posttrans scriptlet (using /usr/bin/python3):\nprint(2)",
        "verify scriptlet (using /bin/sh):\necho verify",
    ):
        assert line in told
    assert told.index("compileall") < told.index("echo post"), "modules are there before"
    assert query("--triggers", package)[:2] == [
        "triggerin scriptlet (using /bin/sh) -- httpd >= 2.4, nginx",
        "echo trigger",
    ]
    triggers = "\n".join(query("--filetriggers", package))
    assert "filetriggerpostun scriptlet (using /bin/sh) -- /usr/share/fonts" in triggers
    assert "transfiletriggerin scriptlet (using /bin/sh) -- /usr/lib/x, /usr/lib/y" in triggers
    assert query("--queryformat", "[%{filetriggerpriorities}]", package) == ["5"]


def test_rpm_tells_what_each_file_is(package: Path) -> None:
    lines = query("--queryformat", "[%{fileflags:fflags}|%{filenames}\n]", package)
    flags = {path: flag for flag, _, path in (line.partition("|") for line in lines)}
    module = "/usr/lib/renamed-command/lib/python3.14/site-packages/pure_command"

    assert flags[f"{module}/old.py"] == "cn", "%config(noreplace)"
    assert flags[f"{module}/__init__.py"] == "d"
    assert flags["/var/log/renamed-command.log"] == "g"
    assert {flag for path, flag in flags.items() if "/licenses/" in path} == {"l"}
    assert {flag for path, flag in flags.items() if path.endswith(".pyc")} == {"g"}


def test_the_colour_of_machine_code_is_told(
    built: Built, repackage: Repackage, tmp_path: Path
) -> None:
    repackage(
        "-f", "rpm", built("compiled_service").wheel, "--target", "el9", "--python", "3.11",
        "--arch", "x86_64", "--out-dir", tmp_path,
    )  # fmt: skip
    (artifact,) = tmp_path.glob("*.rpm")
    lines = query("--queryformat", "[%{filecolors} %{filenames}\n]", artifact)
    colours = {path: colour for colour, _, path in (line.partition(" ") for line in lines)}

    assert {colours[path] for path in colours if path.endswith(".so")} == {"2"}
    assert {colours[path] for path in colours if path.endswith(".py")} == {"0"}
    required = query("--requires", artifact)
    assert "libc.so.6()(64bit)" in required
    assert not [line for line in required if "openblas" in line or "gfortran-" in line]
    assert not [line for line in query("--provides", artifact) if ".so" in line]


@pytest.mark.native("createrepo_c", "dnf")
def test_dnf_replaces_what_is_obsolete(
    built: Built, repackage: Repackage, tmp_path: Path
) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    for out, options in ((old, ()), (new, ("package=successor", "obsoletes=pure-command < 2"))):
        repackage(
            "-f", "rpm", built("pure_command").wheel, "--target", "el9", "--python", "3.11",
            "--out-dir", out, *(word for each in options for word in ("-C", f"rpm.{each}")),
        )  # fmt: skip
    repository = tmp_path / "repository"
    repository.mkdir()
    distribution(repository)
    for artifact in old.iterdir():
        shutil.copy(artifact, repository)
    run("createrepo_c", "-q", repository)
    root = Root(tmp_path / "root")
    root.dnf(repository, "install", "filesystem", "pure-command")
    for artifact in new.iterdir():
        shutil.copy(artifact, repository)
    run("createrepo_c", "-q", repository)

    root.dnf(repository, "--refresh", "upgrade")
    assert "not installed" in root.rpm("-q", "pure-command", check=False)
    assert root.rpm("-V", "successor") == ""
    assert not (root.path / "usr/lib/pure-command").exists()
    assert (root.path / "usr/bin/pure-command").exists()


@pytest.mark.native("rpm2cpio", "cpio", "bsdtar")
@pytest.mark.parametrize("compression", ["gzip", "zstd"])
def test_a_file_of_several_names_is_one_file_where_it_is_installed(
    compression: str, tmp_path: Path
) -> None:
    artifact = written(tmp_path, linked(compression=compression))
    root = Root(tmp_path / "root")
    root.rpm("-i", "--nodeps", artifact)
    assert root.rpm("-V", "--nodeps", "demo") == ""
    places = [root.path]
    for name, command in (
        ("cpio", f"rpm2cpio {artifact} | cpio -idm --quiet"),
        ("bsdtar", f"bsdtar -xf {artifact}"),
    ):
        places.append(tmp_path / name)
        places[-1].mkdir()
        run("sh", "-c", command, cwd=places[-1])

    for place in places:
        for names in SETS:
            found = {(place / name).stat().st_ino for name in names}
            assert len(found) == 1, place
    root.rpm("-e", "--nodeps", "demo")
    assert not (root.path / "usr/lib/demo").exists()


SPEC = """\
%global _binary_payload {payload}
%global __os_install_post %{{nil}}
%global debug_package %{{nil}}
Name: foreign
Version: 1.0
Release: 1
Summary: Somebody else's
License: MIT
BuildArch: noarch
%description
Somebody else's
%install
mkdir -p %{{buildroot}}/opt/foreign/sub %{{buildroot}}/etc
echo same > %{{buildroot}}/opt/foreign/one
ln %{{buildroot}}/opt/foreign/one %{{buildroot}}/opt/foreign/sub/two
ln %{{buildroot}}/opt/foreign/one %{{buildroot}}/opt/foreign/zero
echo alone > "%{{buildroot}}/opt/foreign/b-1"
: > %{{buildroot}}/opt/foreign/b
ln -s one %{{buildroot}}/opt/foreign/link
echo a=1 > %{{buildroot}}/etc/foreign.conf
touch %{{buildroot}}/opt/foreign/later
%files
%dir /opt/foreign
%dir /opt/foreign/sub
/opt/foreign/one
/opt/foreign/sub/two
/opt/foreign/zero
/opt/foreign/b
/opt/foreign/b-1
/opt/foreign/link
%ghost /opt/foreign/later
%config(noreplace) /etc/foreign.conf
"""


@pytest.mark.native("rpmbuild")
@pytest.mark.parametrize(
    "payload", ["w9.gzdio", "w2.xzdio", "w3.zstdio", "w9.bzdio", "w.ufdio"]
)
def test_what_rpmbuild_makes_of_links_and_ghosts_is_read(payload: str, tmp_path: Path) -> None:
    spec = tmp_path / "foreign.spec"
    spec.write_text(SPEC.format(payload=payload))
    run(
        "rpmbuild", "-bb", "--quiet", "--define", f"_topdir {tmp_path}",
        "--define", f"_rpmdir {tmp_path}", "--define", "_rpmfilename foreign.rpm", spec,
    )  # fmt: skip
    artifact = tmp_path / "foreign.rpm"
    assert "PartialHardlinkSets" in "\n".join(query("--requires", artifact))
    read = {entry.path: entry for entry in rpm.read(artifact)}
    told = [line.rsplit(" ", 10) for line in query("--dump", artifact)]

    for path, size, mtime, digest, mode, *_, target in told:
        entry = read.get(path[1:])
        if path.endswith("later"):
            assert entry is None
        elif stat.S_ISREG(int(mode, 8)):
            assert isinstance(entry, File)
            assert (entry.size, entry.mtime, entry.digests.sha256) == (
                int(size), int(mtime), digest,
            )  # fmt: skip
        elif stat.S_ISLNK(int(mode, 8)):
            assert isinstance(entry, Symlink)
            assert entry.target == target


def test_all_that_a_header_cannot_hold_is_refused_before_anything_is_written(
    built: Built, repackage: Repackage, tmp_path: Path
) -> None:
    bad = {
        "package": "my app", "release": "1-2", "vendor": "a\nRequires: b", "requires": "c\nd",
        "summary": "two\nlines", "scriptlets.post": "a\x07", "ghosts": "/var/\x1b",
        "url": "javascript:alert(1)",
    }  # fmt: skip
    words = [word for key, value in bad.items() for word in ("-C", f"rpm.{key}={value}")]
    out = tmp_path / "out"
    with pytest.raises(AssertionError) as error:
        repackage("-f", "rpm", built("pure_command").wheel, "--target", "el9",
                  "--out-dir", out, *words)  # fmt: skip

    for key in bad:
        assert key in str(error.value)
    assert not out.exists() or not [*out.iterdir()]


LOCK = """\
version = 1
revision = 3
requires-python = ">=3.10"

[[package]]
name = "app"
version = "1.0"
source = { editable = "." }
"""


@pytest.mark.parametrize(
    "tag",
    [
        "cp311-cp311-musllinux_1_2_x86_64",
        "cp311-cp311-manylinux_2_17_aarch64",
        "cp311-cp311-manylinux_2_99_x86_64",
        "cp312-cp312-manylinux_2_17_x86_64",
        "cp311-cp311-macosx_11_0_arm64",
    ],
)
def test_a_wheel_for_another_machine_is_refused(
    tag: str, repackage: Repackage, tmp_path: Path
) -> None:
    wheel = WheelFactory(tmp_path)("app", "1.0", tag=tag)
    (tmp_path / "uv.lock").write_text(LOCK)
    with pytest.raises(AssertionError, match=f"the wheel is for {tag}, which el9"):
        repackage("-f", "rpm", wheel, "--target", "el9", "--python", "3.11",
                  "--arch", "x86_64", "--out-dir", tmp_path / "out")  # fmt: skip

    assert not [*tmp_path.glob("out/*")]
