"""Puts the site together: logs, stores, pages, error pages, headers."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import structlog
from flask import Flask, Response, render_template, request, url_for
from werkzeug.exceptions import HTTPException

from articles import guard, library, logs, pages, quiz_pages, quizzes, text
from articles.store import Unavailable, open_store

HERE = Path(__file__).parent

# Room for a comment far over its limit, so that what was typed can be handed back with the refusal.
LARGEST_FORM = 1 << 20

CONTENT_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


def create_app() -> Flask:
    """Reads the content, which must be whole, and leaves the database for the first request."""
    app = Flask("articles")
    app.config.update(MAX_CONTENT_LENGTH=LARGEST_FORM, MAX_FORM_MEMORY_SIZE=LARGEST_FORM)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(count=text.count, day=text.day, moment=text.moment)
    app.extensions["store"] = open_store(os.environ)
    app.extensions["library"] = library.load(HERE / "content")
    app.extensions["quizzes"] = quizzes.load(HERE / "content" / "quizzes")

    logs.install(app)
    guard.install(app)
    app.register_blueprint(pages.blueprint)
    app.register_blueprint(quiz_pages.blueprint)
    _serve_static_for_long(app)
    _answer_errors(app)
    app.after_request(_headers)
    return app


def _serve_static_for_long(app: Flask) -> None:
    """Static files are named with a digest of their bytes: caches may keep them for good."""
    digests = {
        path.relative_to(HERE / "static")
        .as_posix(): hashlib.sha256(path.read_bytes())
        .hexdigest()[:10]
        for path in (HERE / "static").rglob("*")
        if path.is_file()
    }

    @app.template_global()
    def asset(name: str) -> str:
        return url_for("static", filename=name, v=digests[name])


def _headers(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", CONTENT_POLICY)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    if request.endpoint == "static" and response.status_code == 200:
        lasting = "v" in request.args
        headers["Cache-Control"] = (
            "public, max-age=31536000, immutable" if lasting else "public, max-age=300"
        )
    else:
        headers.setdefault("Cache-Control", "no-cache")
    return response


def _answer_errors(app: Flask) -> None:
    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> tuple[str, int]:
        status = error.code or 500
        said = None if status in (404, 405, 500) else error.description
        return render_template("error.html", status=status, name=error.name, said=said), status

    @app.errorhandler(Unavailable)
    def unavailable(error: Unavailable) -> tuple[str, int, dict[str, str]]:
        structlog.get_logger().error("store_unavailable", error=str(error))
        page = render_template("error.html", status=503, name="Not just now", said=None)
        return page, 503, {"Retry-After": "5"}
