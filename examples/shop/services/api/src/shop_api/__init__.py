"""Takes orders over HTTP."""

from flask import Flask, request
from shop_models import Order

app = Flask(__name__)


@app.post("/orders")
def take() -> dict[str, object]:
    """Take an order."""
    order = Order(article=request.form["article"], count=int(request.form["count"]))
    return {"article": order.article, "count": order.count}


def main() -> None:
    """Serve."""
    app.run()
