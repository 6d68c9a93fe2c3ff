"""Orders: the slow corner, because a bank is asked; sometimes the bank is away."""

from __future__ import annotations

from uuid import UUID, uuid5

from flask import Blueprint, request

from shop.work import work

blueprint = Blueprint("checkout", __name__)

SHOP = UUID("5f1c0000-0000-4000-8000-000000000000")


class BankError(Exception):
    pass


@blueprint.post("/checkout")
def check_out():
    order = request.get_json()
    number = order["number"]
    work(70, "bank", number)
    if number % 17 == 0:
        raise BankError(f"The bank doesn't answer for order {number}")
    return {"order": str(uuid5(SHOP, str(number)))}, 201


@blueprint.get("/order/<uuid:order>")
def show_order(order):
    work(5, "order", order)
    return {"order": str(order), "state": "paid"}


@blueprint.errorhandler(BankError)
def bank_is_away(error):
    return {"error": str(error)}, 503
