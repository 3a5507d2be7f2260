"""What the services of the shop have in common."""

from attrs import frozen


@frozen
class Order:
    """An order: which article, and how many of it."""

    article: str
    count: int = 1
