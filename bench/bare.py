"""The floor's application: bare Flask, which knows nothing of Studiolo and stores nothing."""

from pathlib import Path

from flask import Flask, Response, jsonify, request

_PAGE = (Path(__file__).resolve().parent / "bare.html").read_text(encoding="utf-8")

app = Flask(__name__, static_folder=None)


@app.get("/")
@app.get("/static/favicon.svg")  # NOTE: tests/running.py asks for this address to see that a server answers
def show_page() -> Response:
    """Return the page that calls `echo`."""
    return Response(_PAGE, mimetype="text/html")


@app.post("/echo")
def echo() -> Response:
    """Return the JSON that came."""
    return jsonify(request.get_json())
