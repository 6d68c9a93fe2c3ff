"""The back office: a report that is broken, and an export that streams."""

from __future__ import annotations

from flask import Blueprint, Response

from shop.catalogue import PRODUCTS
from shop.work import work

blueprint = Blueprint("office", __name__, url_prefix="/office")


@blueprint.get("/export.csv")
def export():
    def rows():
        yield "id,title\n"
        for start in range(1, 201, 40):
            work(20, "export", start)
            page = range(start, start + 40)
            yield "".join(f"{number},{PRODUCTS[number]}\n" for number in page)

    return Response(rows(), mimetype="text/csv")


@blueprint.get("/report/<int:year>/<int:month>")
def report(year, month):
    work(120, "report", year, month)
    sold = {"orders": 0}
    return {"average": 1000 * month / sold["orders"]}
