"""Signatures, with the keys that Nix makes."""

from __future__ import annotations

import base64
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from repackage.errors import ConfigError
from repackage.format import Surroundings
from repackage.testing import example_tree
from repackage_formats.nix_store import nix_cache
from repackage_formats.nix_store._sign import read_key
from tests.formats.nix_store.made import cache, planned

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("cryptography")

#: nix-store --generate-binary-cache-key test.example-1, made for this test.
SECRET = (
    "test.example-1:f5CijR0FHHJg0RCpAzordzDnHgLIe3/ae7eCic0aeFBW"
    "UcdR4PxnqXIUITq95BCnv2ArDzHP070/vg/bMwMSmg=="
)
#: What nix store sign wrote for what is signed here.
MESSAGE = (
    "1;/nix/store/2lpw2qlrkrii1rxj6jgjc0fn7hbwhbs7-pure-command-1.0;"
    "sha256:171wmr0b4rx1i8z4gd823mzgax5d1j6gywwrlxy5kilkkpi7y1bs;9669256;"
)
SIGNATURE = (
    "test.example-1:Z9KZWT3nuITglXtNO18iv8h7s2RGx1CyDASFr6pUiZx2"
    "LJxr9GlQkvjzTnsl2eo+UcITr45eoRbnR6+34KKGCA=="
)


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret"
    path.write_text(SECRET)
    return path


def test_a_signature_is_the_one_that_nix_makes(secret: Path) -> None:
    assert read_key(secret).sign(MESSAGE) == SIGNATURE


def test_a_key_that_is_shown_shows_no_secret(secret: Path) -> None:
    key = read_key(secret)

    assert repr(key).startswith("SecretKey(name='test.example-1', public=")
    assert repr(key.seed) not in repr(key)


@pytest.mark.parametrize(
    "text",
    ["", "name", "name:", ":AAAA", "name:AAAA", "na me:" + SECRET[15:], SECRET[:-4], "\xff:A"],
)
def test_what_is_no_key_is_refused_and_not_shown(text: str, tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text(text, encoding="latin-1")

    with pytest.raises(ConfigError) as caught:
        read_key(path)

    assert str(caught.value).startswith(f"{path}: it is no secret key of Nix")
    assert len(text) < 5 or text not in str(caught.value)


def test_a_key_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read: no such file"):
        read_key(tmp_path / "nothing")


def test_halves_of_two_keys_sign_nothing(secret: Path) -> None:
    key = replace(read_key(secret), public=bytes(32))

    with pytest.raises(ConfigError, match="do not belong together"):
        key.sign("x")


def test_without_the_library_the_extra_is_named(
    secret: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "cryptography.exceptions", None)

    with pytest.raises(ConfigError, match=r"pip install 'repackage\[nix\]'"):
        read_key(secret).sign("x")


def test_the_library_is_not_imported_where_nothing_is_signed(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from tests.formats.nix_store.made import cache;"
        f"cache(Path({str(tmp_path)!r})); sys.exit('cryptography' in sys.modules)"
    )

    subprocess.run([sys.executable, "-c", code], check=True)


def surroundings(project: Path) -> Surroundings:
    return Surroundings(cache=project, offline=True, project=project)


def test_a_key_is_looked_for_beside_the_lock(
    secret: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir("/")
    plan = planned(nix_cache.Options(key_file="secret"))

    prepared = nix_cache.prepare(plan, surroundings(tmp_path))

    assert prepared.options.key_file == str(secret)


def test_the_environment_names_a_key_where_no_option_does(
    secret: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPACKAGE_NIX_SECRET_KEY_FILE", str(secret))
    other = planned(nix_cache.Options(key_file="other"))

    prepared = nix_cache.prepare(planned(), surroundings(tmp_path))

    assert prepared.options.key_file == str(secret)
    with pytest.raises(ConfigError, match="other: the secret key cannot be read"):
        nix_cache.prepare(other, surroundings(tmp_path))


def test_a_key_that_is_none_is_told_before_anything_is_fetched(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("no key")

    with pytest.raises(ConfigError, match="it is no secret key of Nix"):
        nix_cache.prepare(planned(nix_cache.Options(key_file="key")), surroundings(tmp_path))


def test_a_signed_cache_says_by_whom(secret: Path, tmp_path: Path) -> None:
    out = cache(tmp_path, nix_cache.Options(key_file=str(secret)))
    facts = nix_cache.describe(out)

    assert facts["signed by"] == "test.example-1"
    assert len(list(nix_cache.read(out))) > len(example_tree(planned().layout))
    (line,) = (
        line
        for line in next(out.glob("*.narinfo")).read_text().splitlines()
        if line.startswith("Sig: ")
    )
    assert len(base64.b64decode(line.rpartition(":")[2])) == 64
