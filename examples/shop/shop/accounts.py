"""Logging in and out. What the form calls a password never reaches the profiler."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, request, url_for

from shop.work import work

blueprint = Blueprint("accounts", __name__)


@blueprint.post("/login")
def log_in():
    work(30, "hash", request.form["user"])
    if request.form["password"] != "let-me-in":
        abort(401)
    return redirect(url_for("accounts.account", user=request.form["user"]))


@blueprint.get("/account/<user>")
def account(user):
    work(3, "account", user)
    return {"user": user}
