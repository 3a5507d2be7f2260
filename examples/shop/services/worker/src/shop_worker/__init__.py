"""Packs what was ordered."""

import sys

from shop_models import Order


def main() -> None:
    """Say what is packed."""
    order = Order(article="tea", count=2)
    sys.stdout.write(f"packing {order.count} of {order.article}\n")
