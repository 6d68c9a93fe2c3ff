"""The quick start of flask-profiler 1.x, as it stands in many applications.

python quickstart.py
curl http://127.0.0.1:5000/products
curl -X PUT -d arg1=val1 http://127.0.0.1:5000/product/123
flask --app quickstart profiler show last
"""

from __future__ import annotations

from flask import Flask

import flask_profiler

app = Flask(__name__)
app.config["DEBUG"] = True

app.config["flask_profiler"] = {
    "enabled": app.config["DEBUG"],
    "storage": {"engine": "sqlite"},
    "basicAuth": {"enabled": True, "username": "admin", "password": "admin"},
    "ignore": ["^/static/.*"],
}


@app.route("/product/<id>", methods=["GET"])
def getProduct(id):
    return "product id is " + str(id)


@app.route("/product/<id>", methods=["PUT"])
def updateProduct(id):
    return f"product {id} is being updated"


@app.route("/products", methods=["GET"])
def listProducts():
    return "suppose I send you product list..."


# Matches a pattern of "ignore".
@app.route("/static/something/", methods=["GET"])
def staticSomething():
    return "this should not be tracked..."


# Tracks every endpoint that was declared above this line.
flask_profiler.init_app(app)


# Declared too late: not tracked.
@app.route("/doSomething", methods=["GET"])
def doSomething():
    return "flask-profiler will not measure this."


# As late, but asked for by name.
@app.route("/doSomethingImportant", methods=["GET"])
@flask_profiler.profile()
def doSomethingImportant():
    return "flask-profiler will measure this request."


if __name__ == "__main__":
    app.run(host="127.0.0.1", port=5000)
