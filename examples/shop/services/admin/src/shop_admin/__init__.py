"""Shows what the API knows."""

import click
from shop_api import app


@click.command()
def main() -> None:
    """List the routes of the API."""
    for rule in app.url_map.iter_rules():
        click.echo(rule.rule)
