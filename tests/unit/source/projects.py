"""Projects with a back end of their own in the tree: building them needs no index."""

from __future__ import annotations

import io
import os
import subprocess
import tarfile
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

#: 2024-05-17 12:00:00 UTC
DATE = 1_715_947_200

BACK_END = """\
import base64, hashlib, os, time, zipfile

def get_requires_for_build_wheel(config_settings=None):
    return {requires!r}

def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    print("the back end is at work")
    {before}
    name, version, tag = {name!r}, {version!r}, {tag!r}
    with open("build-of-mine.txt", "w") as file:  # as setuptools does: into its tree
        file.write("x")
    info = name + "-" + version + ".dist-info"
    members = {{
        name + "/__init__.py": open("src.py").read(),
        info + "/METADATA": "Metadata-Version: 2.1\\nName: " + name + "\\nVersion: " + version + "\\n",
        info + "/WHEEL": "Wheel-Version: 1.0\\nGenerator: x\\nRoot-Is-Purelib: true\\nTag: " + tag + "\\n",
    }}
    members[name + "/env.txt"] = "\\n".join(sorted(
        key + "=" + value for key, value in os.environ.items()
        if key in ("SOURCE_DATE_EPOCH", "TZ", "PYTHONHASHSEED", "GIT_DIR", "UV_INDEX_X_PASSWORD")
    ))
    record = ""
    for member, text in members.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode()
        record += member + ",sha256=" + digest.rstrip("=") + "," + str(len(text.encode())) + "\\n"
    members[info + "/RECORD"] = record + info + "/RECORD,,\\n"
    filename = name + "-" + version + "-" + tag + ".whl"
    date = time.gmtime(int(os.environ.get("SOURCE_DATE_EPOCH", "1715947200")))[:6]
    with zipfile.ZipFile(os.path.join(wheel_directory, filename), "w") as archive:
        for member, text in members.items():
            archive.writestr(zipfile.ZipInfo(member, date), text)
    return filename
"""


@dataclass(frozen=True, kw_only=True)
class Source:
    """A distribution ``lib`` 1.0 as source."""

    name: str = "lib"
    version: str = "1.0"
    tag: str = "py3-none-any"
    before: str = "pass"
    """What the back end does first."""
    requires: tuple[str, ...] = ()
    dynamic_requires: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)

    def texts(self) -> dict[str, str]:
        back_end = BACK_END.format(
            name=self.name,
            version=self.version,
            tag=self.tag,
            before=self.before,
            requires=list(self.dynamic_requires),
        )
        pyproject = (
            f"[build-system]\nrequires = {list(self.requires)!r}\n"
            'build-backend = "mine"\nbackend-path = ["backend"]\n'
        )
        return {
            "pyproject.toml": pyproject,
            "backend/mine.py": back_end,
            "src.py": "answer = 42\n",
            **self.files,
        }

    def write(self, directory: Path) -> Path:
        for name, text in self.texts().items():
            path = directory / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return directory

    def sdist(self, directory: Path, *, below: str = "", suffix: str = ".tar.gz") -> Path:
        top = f"{self.name}-{self.version}"
        texts = {f"{top}/{below}{name}": text for name, text in self.texts().items()}
        directory.mkdir(parents=True, exist_ok=True)
        path = directory / f"{top}{suffix}"
        if suffix == ".zip":
            with zipfile.ZipFile(path, "w") as archive:
                for name, text in texts.items():
                    archive.writestr(zipfile.ZipInfo(name, (2024, 5, 17, 12, 0, 0)), text)
            return path
        with tarfile.open(path, "w:gz") as tar:
            for name, text in texts.items():
                add(tar, name, text.encode())
        return path


def add(tar: tarfile.TarFile, name: str, data: bytes = b"", **facts: object) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mtime, member.mode = len(data), DATE, 0o644
    for fact, value in facts.items():
        setattr(member, fact, value)
    tar.addfile(member, io.BytesIO(data) if member.isreg() else None)


@dataclass(frozen=True)
class Repo:
    """A repository of git, made by the program."""

    directory: Path

    @property
    def url(self) -> str:
        return self.directory.as_uri()

    def git(self, *arguments: str) -> str:
        environment = {
            **{name: value for name, value in os.environ.items() if name[:4] != "GIT_"},
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": "Ann",
            "GIT_AUTHOR_EMAIL": "ann@a.example",
            "GIT_COMMITTER_NAME": "Ann",
            "GIT_COMMITTER_EMAIL": "ann@a.example",
            "GIT_AUTHOR_DATE": f"{DATE} +0000",
            "GIT_COMMITTER_DATE": f"{DATE} +0000",
            "GIT_ALLOW_PROTOCOL": "file",
        }
        done = subprocess.run(
            ["git", "-c", "protocol.file.allow=always", *arguments],
            cwd=self.directory,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    def commit(self) -> str:
        self.git("add", "--all", "--force")
        self.git("commit", "--quiet", "--allow-empty", "--message", "all")
        return self.git("rev-parse", "HEAD")


def make_repository(directory: Path) -> Repo:
    directory.mkdir(parents=True, exist_ok=True)
    repository = Repo(directory)
    repository.git("init", "--quiet", "--initial-branch", "main")
    return repository


def listing(directory: Path) -> dict[str, tuple[int, bytes, int]]:
    """Every file of a tree: mode, bytes and time."""
    return {
        str(path.relative_to(directory)): (
            path.lstat().st_mode,
            path.read_bytes() if path.is_file() else b"",
            path.lstat().st_mtime_ns if path.is_file() else 0,
        )
        for path in sorted(directory.rglob("*"))
    }
