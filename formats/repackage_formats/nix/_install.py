"""The phase that installs the wheels: shell, for the standard environment of nixpkgs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from repackage_formats.nix._syntax import Indented, word

if TYPE_CHECKING:
    from repackage_formats.nix._facts import Facts


def install_phase(facts: Facts) -> Indented:
    """Write the phase: an environment, the wheels, what is scrubbed, and links to it."""
    parts = [
        ["runHook preInstall"],
        _environment(),
        _wheels(facts),
        _scrub(facts),
        _links(facts),
        ["runHook postInstall"],
    ]
    lines = [line for part in parts if part for line in (*part, "")]
    return Indented(tuple(lines[:-1]))


def _environment() -> list[str]:
    """Make what makes a directory a virtual environment (PEP 405)."""
    return [
        "venv=$out/libexec/${finalAttrs.pname}",
        "site=$venv/${python.sitePackages}",
        'mkdir -p "$venv/bin"',
        'ln -s ${python.interpreter} "$venv/bin/python"',
        'ln -s python "$venv/bin/python3"',
        'ln -s python "$venv/bin/python${python.pythonVersion}"',
        "printf '%s\\n' \\",
        "  'home = ${python}/bin' \\",
        "  'include-system-site-packages = false' \\",
        "  'version = ${python.pythonVersion}' \\",
        '  > "$venv/pyvenv.cfg"',
    ]


def _wheels(facts: Facts) -> list[str]:
    """Install one wheel after another, with what nixpkgs itself installs wheels with."""
    kept = "".join(f" ! -name {word(name)}" for name in facts.kept)
    renamed = any("!" in each.filename for wheels in facts.sources.values() for each in wheels)
    flags = "--no-compile-bytecode"
    if facts.overlapping:
        flags += " --destdir installed"
    lines = [
        "# The application goes last: of the others' commands, none is installed.",
        "for wheel in $wheels $src; do",
        f'  find "$venv/bin" -type f{kept} -delete',
        '  file=$(stripHash "$wheel")',
        *(["  file=''${file//=/!}"] if renamed else []),
        '  ln -s "$wheel" "$file"',
        "  PYTHONPATH=${python.pkgs.installer}/${python.sitePackages} \\",
        f'    "$venv/bin/python" -m installer {flags} "$file"',
    ]
    if facts.overlapping:
        lines += [
            "  # Some wheels have files in common, which the installer does not overwrite.",
            '  cp -r "installed$out/." $out',
            "  rm -r installed",
        ]
    return [*lines, "done"]


def _scrub(facts: Facts) -> list[str]:
    """Take away what names the build, what staging leaves out, and compile the rest."""
    lines = [
        "# A hash of a file that names $out would make the output depend on its own path.",
        "sed -i -E '\\|^(\\.\\./)+bin/|d' \"$site\"/*.dist-info/RECORD",
        'for directory in "$site"/*.dist-info; do',
        '  echo repackage > "$directory/INSTALLER"',
        "done",
    ]
    if facts.removed:
        lines += ["rm -rf \\", *_continued([f'"$site"/{word(path)}' for path in facts.removed])]
    if facts.scripted:
        lines.append('find "$venv/bin" -type f -exec chmod +x {} +')
    for name in facts.pointed:
        lines.append(
            'sed -i -E "1s,^#!.*(python|pypy)w?[0-9.]*,#!$venv/bin/python,"'
            f' "$venv/bin"/{word(name)}'
        )
    return [
        *lines,
        'PYTHONHASHSEED=0 "$venv/bin/python" -m compileall -q \\',
        '  --invalidation-mode unchecked-hash "$site" || true # some are no modules of this Python',
    ]


def _continued(words: list[str]) -> list[str]:
    return [f"  {each} \\" for each in words[:-1]] + [f"  {words[-1]}"]


def _links(facts: Facts) -> list[str]:
    lines: list[str] = []
    if facts.commands:
        words = " ".join(map(word, facts.commands))
        there = 'test ! -e "$venv/bin/$program" || ' if facts.partial else ""
        lines += [
            "mkdir -p $out/bin",
            *(["# Not every system has all of them."] if facts.partial else []),
            f"for program in {words}; do",
            f'  {there}ln -s "$venv/bin/$program" "$out/bin/$program"',
            "done",
        ]
    if facts.shared:
        lines += [
            f"for directory in {' '.join(map(word, facts.shared))}; do",
            '  mkdir -p "$out/$(dirname "$directory")"',
            '  ln -s "$venv/$directory" "$out/$directory"',
            "done",
        ]
    return lines
