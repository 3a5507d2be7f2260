"""A commit of a repository as a work tree of its own, through the ``git`` program."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from repackage.errors import FetchError
from repackage.source._model import shown
from repackage.source._process import Failure, program

if TYPE_CHECKING:
    from collections.abc import Sequence

    from repackage.lock import Git
    from repackage.source._model import Workshop
    from repackage.source._process import Runner

#: What is taken over of the caller's variables for git: how to reach servers, nothing else.
_KEPT = ("GIT_SSH", "GIT_SSL_", "GIT_HTTP_", "GIT_CONFIG", "GIT_ASKPASS", "GIT_PROXY_")

#: What decides the bytes of a work tree, or runs programs: never the user's settings.
_SETTINGS = {
    "core.hooksPath": os.devnull,
    "core.fsmonitor": "false",
    "core.autocrlf": "false",
    "core.eol": "lf",
    "core.safecrlf": "false",
    "core.symlinks": "true",
    "core.fileMode": "true",
    "core.attributesFile": os.devnull,
    "core.sparseCheckout": "false",
    "init.templateDir": "",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "safe.directory": "*",  # what is cloned from does not see it: that has ``_LOCAL``
    "advice.detachedHead": "false",
    "submodule.recurse": "false",
}

#: The user's settings, as git is told, for what happens on this machine.
_LOCAL = str(Path(__file__).with_name("local.gitconfig"))

_REFERENCES = ("+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*")


@dataclass(frozen=True, slots=True)
class Repository:
    """Checks commits out; the bytes come from a mirror in the store."""

    store: Workshop
    runner: Runner
    offline: bool = False

    def check_out(self, git: Git, into: Path) -> None:
        """Make ``into`` the work tree of exactly the locked commit, submodules included.

        Raises:
            FetchError: The commit cannot be had, or a program is missing.
        """
        program("git", package="git")
        if git.lfs:
            program("git-lfs", package="git-lfs")
        try:
            with self.store.mirror(git.url) as mirror:
                self._update(mirror, git)
                self._clone(mirror, git, into)
            self._add_submodules(git, into)
            if git.lfs:
                self._add_large_files(git, into)
            # a back end may look up where it is from, and is not to find a password
            self._run(into, "remote", "set-url", "origin", shown(git.url))
        except Failure as failure:
            raise FetchError.of(
                f"the commit {git.commit} cannot be checked out: {failure}",
                where=shown(git.url),
                advice=_advice(self.runner.tail(), offline=self.offline),
            ) from failure

    def date(self, git: Git, tree: Path) -> int:
        """When the commit was made, in seconds since 1970."""
        return int(self._ask(tree, "show", "-s", "--format=%ct", git.commit))

    def _update(self, mirror: Path, git: Git) -> None:
        """Have the commit in the mirror; what is there already needs no network."""
        if not (mirror / "HEAD").is_file():
            shutil.rmtree(mirror, ignore_errors=True)
            mirror.parent.mkdir(parents=True, exist_ok=True)
            self._run(mirror.parent, "init", "--quiet", "--bare", "--", str(mirror))
        if self._has(mirror, git.commit):
            os.utime(mirror / "HEAD")  # so that it is known to be in use
            return
        allowed = self._allowed(git)
        fetch = ("fetch", "--quiet", "--force", "--no-tags", "--no-recurse-submodules")
        self._run(mirror, *fetch, "--", git.url, *_REFERENCES, allowed=allowed)
        if not self._has(mirror, git.commit):  # of a pull request, or of a branch that is gone
            self._run(mirror, *fetch, "--", git.url, git.commit, allowed=allowed)

    def _clone(self, mirror: Path, git: Git, into: Path) -> None:
        into.parent.mkdir(parents=True, exist_ok=True)
        options = ("--quiet", "--no-checkout", "--no-hardlinks", "--template=")
        self._run(into.parent, "clone", *options, "--", str(mirror), str(into))
        self._run(into, "remote", "set-url", "origin", git.url)
        self._run(into, "checkout", "--quiet", "--detach", "--force", git.commit, "--")
        found = self._ask(into, "rev-parse", "--verify", "HEAD")
        if found != git.commit:
            raise FetchError.of(
                f"the commit {found} was checked out, and {git.commit} is locked",
                where=shown(git.url),
            )

    def _add_submodules(self, git: Git, tree: Path) -> None:
        if (tree / ".gitmodules").is_file():
            update = ("submodule", "--quiet", "update", "--init", "--recursive", "--force")
            self._run(tree, *update, "--checkout", allowed=self._allowed(git))

    def _add_large_files(self, git: Git, tree: Path) -> None:
        """Replace the pointers of Git LFS by what they point to."""
        allowed = self._allowed(git)
        self._run(tree, "lfs", "install", "--local", "--skip-repo", allowed=allowed)
        self._run(tree, "lfs", "pull", "origin", allowed=allowed)

    def _allowed(self, git: Git) -> str:
        """Name the protocols that may be spoken; a server's repository names no local path."""
        if self.offline:
            return "file"
        local = ":file" if git.url.startswith("file:") else ""
        return f"https:http:ssh{local}"

    def _has(self, mirror: Path, commit: str) -> bool:
        try:
            self._ask(mirror, "cat-file", "-e", f"{commit}^{{commit}}")
        except Failure:
            return False
        return True

    def _ask(self, tree: Path, *arguments: str) -> str:
        command = (*_command(), *arguments)
        return self.runner.capture(command, cwd=tree, environment=_environment(tree))

    def _run(self, directory: Path, *arguments: str, allowed: str | None = None) -> None:
        """Run git, which may speak the allowed protocols, or else only with the mirror."""
        environment = _environment(directory, allowed=allowed)
        self.runner.run((*_command(), *arguments), cwd=directory, environment=environment)


def share_history(tree: Path, copy: Path, *, runner: Runner) -> str:
    """Give the copy of a work tree its history: back ends make versions of tags.

    It is a repository of its own, so that nothing is ever written into the tree's. There is
    none where the tree is only part of a repository, which would seem to have been changed.

    Returns:
        What versions are made of: the commit that is checked out, the branch, and all tags,
        of which each back end chooses in its own way.
    """
    if not (tree / ".git").exists() or shutil.which("git") is None:
        return ""
    history = copy.with_name("history")
    options = ("--quiet", "--shared", "--no-checkout", "--template=")
    clone = (*_command(), "clone", *options, "--", str(tree), str(history))

    def ask(directory: Path, *arguments: str) -> str:
        command = (*_command(), *arguments)
        return runner.capture(command, cwd=directory, environment=_environment(directory))

    try:
        index = ask(tree, "rev-parse", "--git-path", "index")
        runner.run(clone, cwd=copy.parent, environment=_environment(copy.parent))
        (history / ".git").rename(copy / ".git")
        shutil.copyfile(tree / index, copy / ".git/index")
        return ask(copy, "rev-parse", "HEAD", "--symbolic-full-name", "HEAD") + ask(
            copy, "for-each-ref", "--format=%(objectname) %(refname)", "refs/tags"
        )
    except (Failure, OSError):  # no commit yet, or a repository of somebody else
        return ""


def inside(tree: Path, below: str, *, what: str) -> Path:
    """The path of something in a tree, refusing to be led out of it.

    Raises:
        FetchError: It is not there, or elsewhere.
    """
    try:
        top = tree.resolve(strict=True)
        found = (tree / below).resolve(strict=True)
    except (OSError, ValueError, RuntimeError) as error:  # the last one: links in a circle
        raise FetchError.of(f"there is no {below!r} in {what}", advice="lock again") from error
    if not found.is_relative_to(top):
        raise FetchError.of(f"{below!r} leads out of {what}", advice="lock again")
    return found


def _command() -> Sequence[str]:
    settings = (f"{key}={value}" for key, value in _SETTINGS.items())
    return (
        program("git", package="git"),
        *(part for setting in settings for part in ("-c", setting)),
    )


def _environment(directory: Path, *, allowed: str | None = None) -> dict[str, str]:
    """The variables of one run: those of the caller that name no repository, and ours.

    Who speaks to a server has the user's settings, which know proxies and credentials;
    what happens on this machine has none of them, and is the same for everybody.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GIT_") or name.startswith(_KEPT)
    }
    ours = {
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_LFS_SKIP_SMUDGE": "1",
        "GIT_ALLOW_PROTOCOL": "file" if allowed is None else allowed,
        "GIT_CEILING_DIRECTORIES": str(directory.parent),
        "LC_ALL": "C.UTF-8",
    }
    if allowed is None:
        ours |= {"GIT_CONFIG_GLOBAL": _LOCAL, "GIT_CONFIG_NOSYSTEM": "1"}
    kept.setdefault("GIT_SSH_COMMAND", "ssh -oBatchMode=yes")
    return kept | ours


def _advice(log: str, *, offline: bool) -> str:
    first = (
        "fetch once without --offline"
        if offline
        else "can you fetch from it with git, and is the commit still there?"
    )
    return f"{first}\ngit says:\n{log}" if log else first
