"""Signed rpms, where both digests and signatures are demanded: rpm 4.16, 4.18 and 6."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from repackage.signing import GpgSigner
from repackage.testing import EPOCH, tree_of
from repackage.tree import Symlink, inline_file
from repackage_formats import rpm
from repackage_formats.rpm._header import read_header
from repackage_formats.rpm._header_tags import SignatureTag
from tests.formats.rpm.made import facts, owned, written
from tests.integration.roots import TOOLS, Machine, debian_root
from tests.integration.rpms import Root, query, run
from tests.keys import Keyring, keyring

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from tests.integration.applications import Application
    from tests.integration.simple_index import Served

    Built = Callable[..., Application]
    Repackage = Callable[..., str]

pytestmark = [pytest.mark.native("rpm", "gpg", "gpgconf"), pytest.mark.network]

ALL = ("--define", "_pkgverify_level all")


@pytest.fixture(scope="session")
def keys() -> Iterator[Keyring]:
    """A key as EL 7 wants it, and one that only certifies, with a subkey that signs."""
    with keyring() as made:
        made.make("rsa", algorithm="rsa4096")
        made.add(made.make("ed25519", usage="cert"))
        made.make("ecdsa", algorithm="nistp256")
        yield made


@dataclass(frozen=True)
class Packages:
    """Packages, by what is to be said of them; and the keys of those that are good."""

    good: Mapping[str, Path]
    unsigned: Path
    altered: tuple[Path, ...]
    keys: tuple[Path, ...]


@pytest.fixture(scope="session")
def packages(
    keys: Keyring,
    built: Built,
    repackage: Repackage,
    tmp_path_factory: pytest.TempPathFactory,
) -> Packages:
    """A signed package for each key and format, one of them of a real application."""
    out = tmp_path_factory.mktemp("signed")
    tree = owned(
        tree_of(
            inline_file("usr/lib/demo/a", bytes(range(256)) * 100, mtime=EPOCH, mode=0o755),
            inline_file("usr/lib/demo/b", b"", mtime=EPOCH),
            Symlink(path="usr/lib/demo/c", target="a", mtime=EPOCH),
        )
    )
    good: dict[str, Path] = {}
    for key in ("rsa", "ed25519"):
        signer = GpgSigner.of(f"{key}@keys.example", home=keys.home)
        for number in (4, 6):
            name = f"{key}-{number}"
            good[name] = written(out, facts(tree, rpm_format=number, name=name))
            rpm.sign(good[name], signer)
    repackage(
        "--format", "rpm", built("pure_command").wheel, "--target", "el9", "--python", "3.11",
        "--arch", "x86_64", "--out-dir", out / "app", "--sign-key", "rsa@keys.example",
        env=_environment(keys, out),
    )  # fmt: skip
    (good["app"],) = (out / "app").iterdir()
    unsigned = written(out, facts(tree, name="unsigned"))
    return Packages(
        good=good,
        unsigned=unsigned,
        altered=_altered(good["rsa-4"], out),
        keys=tuple(
            keys.export(f"{key}@keys.example", out / f"{key}.asc") for key in ("rsa", "ed25519")
        ),
    )


def _environment(keys: Keyring, store: Path) -> dict[str, str]:
    return {
        **os.environ,
        "GNUPGHOME": str(keys.home),
        "REPACKAGE_CACHE_DIR": str(store / "store"),
    }


def _altered(good: Path, out: Path) -> tuple[Path, ...]:
    """Alter a byte of the signature, of the header, of the payload."""
    data = good.read_bytes()
    tags = read_header(good).signature
    packet, text = tags.data(SignatureTag.RSA), tags.texts(SignatureTag.OPENPGP)[0].encode()
    places = {
        "signature": (data.index(packet) + 300, data.index(text) + 400),
        "header": (4504 + 1500,),
        "payload": (len(data) - 20,),
    }
    for name, altered in places.items():
        changed = bytearray(data)
        for at in altered:
            changed[at] ^= 1
        (out / f"altered-{name}.rpm").write_bytes(changed)
    return tuple(out / f"altered-{name}.rpm" for name in places)


@dataclass(frozen=True)
class Consumer:
    """A machine with rpm, and how to call it there."""

    rpm: Callable[..., str]
    receive: Callable[[Path], str]
    version: str


def _host(directory: Path) -> Consumer:
    root = Root(directory / "root")
    root.path.mkdir()
    return Consumer(rpm=root.rpm, receive=str, version="4.18")


def _machine(suite: str, version: str, directory: Path) -> Consumer:
    machine = Machine(root=debian_root(suite), scratch=directory / "machine")
    install = "apt-get install -q -y --no-install-recommends rpm"
    # what unstable had when the root was made may be gone
    machine.run(f"({install} || {{ apt-get -q update && {install}; }}) >/dev/null 2>&1")

    def call(*arguments: object, check: bool = True) -> str:
        words = " ".join(f"'{word}'" for word in arguments)
        said = machine.run(f"rpm --dbpath /var/lib/rpm --noplugins {words}", check=check)
        return "".join(
            line for line in said.splitlines(keepends=True) if not line.startswith("rpm: ")
        )

    return Consumer(rpm=call, receive=machine.receive, version=version)


@pytest.fixture(
    scope="session",
    params=[
        "4.18",
        pytest.param("4.16", marks=pytest.mark.native(*TOOLS)),
        pytest.param("6.", marks=pytest.mark.native(*TOOLS)),
    ],
)
def consumer(
    request: pytest.FixtureRequest,
    packages: Packages,
    tmp_path_factory: pytest.TempPathFactory,
) -> Consumer:
    """The rpm of this machine, that of EL 9, and the newest; each has been given the keys."""
    version: str = request.param
    directory = tmp_path_factory.mktemp("consumer")
    suites = {"4.16": "bullseye", "6.": "sid"}
    if version in suites:
        made = _machine(suites[version], version, directory)
    else:
        made = _host(directory)
    for key in packages.keys:
        made.rpm("--import", made.receive(key))
    return made


def test_digests_and_signatures_are_good(consumer: Consumer, packages: Packages) -> None:
    received = [consumer.receive(path) for path in packages.good.values()]

    assert f"version {consumer.version}" in consumer.rpm("--version")
    said = consumer.rpm("-K", *ALL, *received).splitlines()
    assert said == [f"{path}: digests signatures OK" for path in received]


def test_what_is_signed_is_installed_and_verified(
    consumer: Consumer, packages: Packages
) -> None:
    for name, path in packages.good.items():
        received = consumer.receive(path)
        package = consumer.rpm("-qp", "--queryformat", "%{NAME}", received).split()[-1]
        consumer.rpm("-i", "--nodeps", "--noscripts", *ALL, received)
        assert consumer.rpm("-V", "--nodeps", package) == "", name
        files = consumer.rpm("-q", "--dump", package).splitlines()
        listed = query("--dump", path)
        assert sorted(files) == sorted(each for each in listed if each.startswith("/"))
        consumer.rpm("-e", "--nodeps", "--noscripts", package)


def test_what_is_unsigned_or_altered_is_not_installed(
    consumer: Consumer, packages: Packages
) -> None:
    for path in (packages.unsigned, *packages.altered):
        received = consumer.receive(path)
        assert "OK" not in consumer.rpm("-K", *ALL, received, check=False).replace("NOT OK", "")
        said = consumer.rpm("-i", "--nodeps", *ALL, received, check=False)
        assert any(
            word in said for word in ("does not verify", "cannot be installed", "BAD")
        ), said
    installed = consumer.rpm("-qa", "--queryformat", "%{NAME}\n").split()
    assert {name for name in installed if name != "gpg-pubkey"} == set()


@pytest.mark.native("createrepo_c", "dnf")
def test_dnf_installs_what_is_signed_and_refuses_what_is_not(
    packages: Packages, loopback: tuple[Path, Served], tmp_path: Path
) -> None:
    directory, served = loopback
    repository = directory / "signed-and-not"
    repository.mkdir()
    for path in (*packages.good.values(), packages.unsigned, *packages.keys):
        shutil.copy(path, repository)
    run("createrepo_c", "-q", repository)
    root = Root(tmp_path / "root")
    url = f"{served.url}/{repository.name}"
    keys = ",".join(f"{url}/{key.name}" for key in packages.keys)
    checking = ("--setopt=gpgcheck=1", f"--setopt=made.gpgkey={keys}")

    root.dnf(url, *checking, "install", "rsa-4")
    assert root.rpm("-V", "rsa-4") == ""
    said = root.dnf(url, *checking, "install", "unsigned", check=False)
    assert "unsigned-1.0-1.noarch.rpm is not signed" in said
    assert "not installed" in root.rpm("-q", "unsigned", check=False)
    root.dnf(url, *checking, "install", "ed25519-4")
    assert root.rpm("-V", "ed25519-4") == ""


@pytest.mark.native("rpmsign")
def test_rpmsign_and_we_replace_each_others_signatures(
    keys: Keyring, packages: Packages, tmp_path: Path
) -> None:
    package = tmp_path / "package.rpm"
    shutil.copy(packages.good["rsa-4"], package)
    entries = [entry.path for entry in rpm.read(package)]
    defined = (
        "_gpg_name ed25519@keys.example",
        f"_gpg_path {keys.home}",
        f"__gpg {shutil.which('gpg')}",
    )
    macros = [word for macro in defined for word in ("--define", macro)]

    run("rpmsign", "--delsign", package)
    assert run("rpm", "-K", package).endswith("digests OK\n")
    run("rpmsign", *macros, "--addsign", package)
    # rpm before 6 knows nothing of the signatures that are for rpm 6, and leaves them
    assert re.findall(r"(\w+)/SHA256", rpm.describe(package)["Signature"]) == ["EdDSA", "RSA"]
    rpm.sign(package, GpgSigner.of("rsa@keys.example", home=keys.home))
    assert re.findall(r"(\w+)/SHA256", rpm.describe(package)["Signature"]) == ["RSA"]
    assert _signed_part(package) == _signed_part(packages.good["rsa-4"])
    run("rpmsign", *macros, "--resign", package)

    assert _signed_part(package) == _signed_part(packages.good["rsa-4"])
    assert [entry.path for entry in rpm.read(package)] == entries
    database = ("--dbpath", str(tmp_path / "db"))
    run("rpmkeys", *database, "--import", *packages.keys)
    assert "signatures OK" in run("rpmkeys", *database, *ALL, "-K", package)


def _signed_part(package: Path) -> bytes:
    """All from the main header on; rpmsign may make what stands before it shorter."""
    header = read_header(package)
    return package.read_bytes()[header.payload - len(header.main.encoded) :]


def test_an_application_is_signed_afterwards_as_if_while_it_was_built(
    keys: Keyring, packages: Packages, built: Built, repackage: Repackage, tmp_path: Path
) -> None:
    repackage(
        "--format", "rpm", built("pure_command").wheel, "--target", "el9", "--python", "3.11",
        "--arch", "x86_64", "--out-dir", tmp_path,
    )  # fmt: skip
    (package,) = tmp_path.glob("*.rpm")
    environment = _environment(keys, tmp_path)
    repackage("sign", package, "--sign-key", "rsa@keys.example", env=environment)
    assert package.read_bytes() == packages.good["app"].read_bytes()

    program = tmp_path / "service"
    program.write_text(
        f"#!{sys.executable}\nimport subprocess, sys\n"
        f"sys.exit(subprocess.call(['gpg', '--homedir', {str(keys.home)!r}, '--batch',"
        " '--armor', '--detach-sign', '-u', sys.argv[1]]))\n"
    )
    program.chmod(0o755)
    repackage(
        "sign", package, "--sign-command", f"{program} ed25519@keys.example",
        "--sign-public-key", packages.keys[1], env={**environment, "GNUPGHOME": str(tmp_path)},
    )  # fmt: skip
    shown = json.loads(repackage("inspect", package, "--json"))["metadata"]["Signature"]
    subkey = keys.fingerprints("ed25519@keys.example")[1]
    assert shown.startswith("EdDSA/SHA256")
    assert shown.endswith(f"Key ID {subkey[-16:].lower()}")
    assert shown.rpartition(" ")[2] in "".join(query("-i", package))
