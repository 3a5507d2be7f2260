"""What holds for every file of the repository, and for the names that others import."""

from __future__ import annotations

import importlib
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

#: Hosts of public registries; written apart, so that this file does not name one.
REGISTRIES = re.compile(
    "|".join(
        re.escape(".".join(parts))
        for parts in (
            ("pypi", "org"),
            ("pythonhosted", "org"),
            ("registry", "npmjs", "org"),
            ("crates", "io"),
            ("proxy", "golang", "org"),
            ("deb", "debian", "org"),
            ("security", "debian", "org"),
            ("archive", "ubuntu", "com"),
        )
    )
)
#: A home directory or a checkout of whoever wrote a file; ``/home/me`` is an example's.
HOME = re.compile(r"(?<![\w.])/(?:home/(?!me/)[a-z]+|root|Users/\w+|work)/")

#: What a module offers to others: to add is easy, to remove is announced.
PUBLIC = {
    "repackage.archive": """
        ArWriter Archive CODECS Claim Codec Compression ContentWriter Copying
        DEFAULT_LEVELS HardLink Intake LEVELS Located NarWriter Overheard Parse
        TarArchive TarWriter Writable ZipWriter codec_versions compressor decompressor
        describe_zip detect_codec distrust find_noted keep_noted locate_tar nar_number nar_order
        nar_read_number nar_read_token nar_token note_copied proof_of read_layer read_nar read_stretches
        read_tar read_tar_part read_zip read_zip_vouched reading_ahead tar_end tar_header tar_padding
        trust write_in_order write_shares write_tar
    """,
    "repackage.build": """
        Artifact Asked Core Dependencies Events Output Planned Request build check
        environment_epoch plan plans request_of save_image sign targets_of tool_schema
    """,
    "repackage.check": """
        Answer Drift Finding Inventory POLICIES PackageRules Policy QUESTIONS Question Report Rules
        SEVERITIES Severity Site Standard VERDICTS Verdict check_installed check_staged
        installed question read_directory severity sites
    """,
    "repackage.closure": """
        Closure FromSource LeftOut Passed Paths Pin Requirer Skipped Step missed paths
    """,
    "repackage.config": """
        Array Boolean Choice Integer Kind NO_PROJECT Option Project RESERVED Record
        SCHEMA_DIALECT Settings Table Text collect_settings construct find_project
        json_schema options_of read_project split_settings
    """,
    "repackage.bytecode": "Compiler compiling",
    "repackage.container": """
        Moved Platform Progress Pulled Pushed Reference RegistrySettings pull push
    """,
    "repackage.elf": """
        Elf Machine first_bytes machine_of misfits scan scan_all starts_like_elf
    """,
    "repackage.fetch": """
        FetchSettings Progress Survey ToBuild Wheelhouse fetch survey unverified
    """,
    "repackage.format": "Announces EmitsSeveral External Format Layout Logbook Pieces Plan Prepares Reader ReadsLogged ReadsWheels Served ServesSeveral Signs Stretch Surroundings Verbatim Wheels app_layout flat_layout system_layout",
    "repackage.ledger": """
        Edit Evidence FoundLedger FromDirectory FromFile FromGit FromIndex FromTree FromUrl
        LARGEST Ledger LedgerEntry LedgerTarget Ledgers Origin SCHEMA find_ledgers from_json
        is_ledger origin_of public_url to_json
    """,
    "repackage.lock": """
        Algorithm BuildConstraint ConflictItem DIGITS Declaration Declarations Digest DirectUrl
        Edge Exclude Git Hash LocalArchive Lock LockedFile LockedPackage Manifest Override PackageId
        RegistryPath RegistryUrl Scope Source SourceTree StaticMetadata find_lock
        hash_file new_digest read_lock sha256_of
    """,
    "repackage.network": """
        Crew Failed Login Persistence Stopped is_loopback is_requestable origin patience retries
        retry_after shown without_credentials
    """,
    "repackage.resolve": "ALL Environment FileChoice Selection differences resolve",
    "repackage.signing": """
        Checked CommandSigner GpgSigner SETTINGS Several Signature Signer SigningOptions Verifies
        read_signatures sign_detached split_signing
    """,
    "repackage.source": """
        BuildSettings Builder Commit Directory Interpreter Order Origin Repository Runner
        Sdist Stopped Workshop constraint_lines inside interpreter_for probed program_of
        unbuildable
    """,
    "repackage.stage": "Note StageOptions Staged add materialise stage",
    "repackage.store": """
        KINDS KeptWheels KindInfo Removed Shelf Store StoreInfo locked move parse_size storing
        synchronise unless_cleared write_atomically
    """,
    "repackage.target": """
        Distribution GOARCH Glibc KnownTarget MacOS Musl Python System Target Windows
        described_by distribution_target free_target host_target linux_architecture names
    """,
    "repackage.testing": """
        EPOCH FormatContract bare_tree example_closure example_package example_plan
        example_target example_tree example_wheel odd_tree tree_of zipped_file
    """,
    "repackage.wheel": "EntryPoint Member OLDEST Wheel from_json read_wheel to_json",
}


def _texts() -> list[tuple[str, str]]:
    """Return every file that git keeps and that is text, with its name."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("not a checkout")
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    found = []
    for name in filter(None, listed.stdout.split("\0")):
        data = (ROOT / name).read_bytes() if (ROOT / name).is_file() else b""
        if b"\0" not in data:
            found.append((name, data.decode("utf-8", "replace")))
    return found


def test_no_file_names_the_host_of_a_package_registry() -> None:
    assert [name for name, text in _texts() if REGISTRIES.search(text)] == []


def test_no_file_holds_a_path_of_somebodys_machine() -> None:
    found = [
        f"{name}: {match.group()}"
        for name, text in _texts()
        if (match := HOME.search(text)) is not None
    ]

    assert found == []


@pytest.mark.parametrize("module", PUBLIC)
def test_public_names_are_pinned(module: str) -> None:
    imported = importlib.import_module(module)

    assert sorted(imported.__all__) == PUBLIC[module].split()
    assert all(hasattr(imported, name) for name in imported.__all__)
