"""Products: listed, looked at, changed."""

from __future__ import annotations

import asyncio

from flask import Blueprint, abort, request

from shop.work import duration, work

blueprint = Blueprint("catalogue", __name__)

PRODUCTS = {number: f"Product {number}" for number in range(1, 201)}


@blueprint.get("/products")
def list_products():
    page = request.args.get("page", 1, type=int)
    work(6, "list", page)
    numbers = list(PRODUCTS)[20 * (page - 1) : 20 * page]
    return [{"id": number, "title": PRODUCTS[number]} for number in numbers]


@blueprint.get("/product/<int:number>")
def show_product(number):
    work(2, "show", number)
    return {"id": number, "title": title_of(number)}


@blueprint.put("/product/<int:number>")
def update_product(number):
    title = request.form.get("title") or title_of(number)
    work(25, "update", number)
    PRODUCTS[number] = title
    return {"id": number, "title": title}


@blueprint.delete("/product/<int:number>")
def delete_product(number):
    work(8, "delete", number)
    title_of(number)
    return "", 204


@blueprint.get("/shelf/<path:place>/<any(price,title):order>")
def shelf(place, order):
    work(4, "shelf", place)
    return {"place": place.split("/"), "order": order}


@blueprint.get("/search")
async def search():
    words = request.args.get("q", "")
    await asyncio.sleep(duration(15, "search", words))
    return [title for title in PRODUCTS.values() if words in title][:10]


def title_of(number):
    if number not in PRODUCTS:
        abort(404, f"No product {number}")
    return PRODUCTS[number]
