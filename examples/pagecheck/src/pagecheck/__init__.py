"""List the links of a web page, and tell which are broken."""

from __future__ import annotations

from pathlib import Path

import click
import httpx
import yaml
from bs4 import BeautifulSoup
from rich.console import Console
from rich.table import Table


def links(page: str) -> list[tuple[str, str]]:
    """Return (address, text) of every link of a page."""
    anchors = BeautifulSoup(page, "html.parser").find_all("a", href=True)
    return [(str(anchor["href"]), anchor.get_text(" ", strip=True)) for anchor in anchors]


def read(source: str) -> str:
    """Read a page from a file or from the web."""
    if source.startswith(("http://", "https://")):
        return httpx.get(source, follow_redirects=True).raise_for_status().text
    return Path(source).read_text(encoding="utf-8")


def status(address: str) -> str:
    """Tell how a server answers for an address."""
    try:
        return str(httpx.head(address, follow_redirects=True, timeout=10).status_code)
    except httpx.HTTPError as error:
        return type(error).__name__


@click.command()
@click.argument("source")
@click.option("--check", is_flag=True, help="Ask the server of each link.")
@click.option("--yaml", "as_yaml", is_flag=True, help="Print YAML instead of a table.")
@click.version_option(package_name="pagecheck")
def main(source: str, *, check: bool, as_yaml: bool) -> None:
    """List the links of SOURCE, a file or an address."""
    found = [
        {"address": address, "text": text, "status": status(address) if check else ""}
        for address, text in links(read(source))
    ]
    if as_yaml:
        click.echo(yaml.safe_dump(found, sort_keys=False), nl=False)
        return
    table = Table("Link", "Text", "Status")
    for row in found:
        table.add_row(row["address"], row["text"], row["status"])
    Console().print(table)
