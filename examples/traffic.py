"""A few seconds of customers for the shop, over real HTTP, always the same ones."""

from __future__ import annotations

import http.client
import json
import random
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode
from uuid import UUID

CUSTOMERS = 8
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json"}


UNMEASURED = ("/health", "/no/such/page")
"""What the shop ignores, and what matches none of its rules."""


def requests(dice, customer):
    """Make one customer's requests: method, path, body, headers."""
    number = dice.randint(1, 200)
    order = UUID(int=dice.getrandbits(128))
    login = {"user": f"customer{customer}", "password": dice.choice(["let-me-in", "x"])}
    title = {"title": f"Product {number} (new)"}
    purchase = {"number": dice.randint(1, 500), "card_number": "4111111111111111"}
    month = dice.randint(1, 12)
    everything = [
        (12, "GET", f"/products?page={dice.randint(1, 10)}", None, {}),
        (12, "GET", f"/product/{number}", None, {}),
        (5, "GET", f"/search?q={dice.randint(1, 20)}", None, {}),
        (5, "PUT", f"/product/{number}", urlencode(title), FORM),
        (4, "POST", "/checkout", json.dumps(purchase), JSON),
        (3, "GET", f"/order/{order}", None, {}),
        (3, "GET", f"/shelf/hall/{number % 7}/price", None, {}),
        (2, "POST", "/login", urlencode(login), FORM),
        (2, "GET", f"/account/customer{customer}", None, {}),
        (1, "DELETE", f"/product/{number}", None, {}),
        (1, "GET", "/product/999999", None, {}),
        (1, "GET", "/office/export.csv", None, {}),
        (1, "GET", f"/office/report/2026/{month}", None, {}),
        (1, "GET", "/no/such/page", None, {}),
        (1, "GET", "/health", None, {}),
    ]
    weights = [entry[0] for entry in everything]
    return dice.choices(everything, weights)[0][1:]


def visit(port, customer, count):
    """Let one customer send requests one after another; give their paths."""
    dice = random.Random(customer)
    answered = []
    for _ in range(count):
        method, path, body, headers = requests(dice, customer)
        wire = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        wire.request(method, path, body, {"User-Agent": "customer", **headers})
        wire.getresponse().read()
        answered.append(path)
        wire.close()
    return answered


def send(port, count):
    """Send about `count` requests from several customers; give the paths answered."""
    share = count // CUSTOMERS
    with ThreadPoolExecutor(CUSTOMERS) as crowd:
        visits = [crowd.submit(visit, port, each, share) for each in range(CUSTOMERS)]
        return [path for each in visits for path in each.result()]
