"""The essays, their hearts and comments, the feed, and the health of it all."""

from __future__ import annotations

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response as Answer

from articles.library import Article, Library
from articles.store import Store
from articles.text import clean

LONGEST_COMMENT = 4000  # characters, as a person counts them; line ends are one each
LONGEST_NAME = 80

blueprint = Blueprint("pages", __name__)


def store() -> Store:
    return current_app.extensions["store"]


def library() -> Library:
    return current_app.extensions["library"]


def find(slug: str) -> Article:
    return library().get(slug) or abort(404)


@blueprint.get("/")
def home() -> str:
    counts = store().counters.everything()
    return render_template("home.html", articles=library().articles, counts=counts)


@blueprint.get("/articles/<slug>")
def article(slug: str) -> str:
    chosen = find(slug)
    store().counters.view(slug)
    return _article_page(chosen)


@blueprint.post("/articles/<slug>/hearts")
def heart(slug: str) -> Answer:
    find(slug)
    store().counters.heart(slug)
    return redirect(url_for("pages.article", slug=slug, _anchor="hearts"), 303)


@blueprint.post("/articles/<slug>/comments")
def comment(slug: str) -> Answer | tuple[str, int]:
    chosen = find(slug)
    name, body = clean(request.form.get("name", "")), clean(request.form.get("body", ""))
    errors = _complaints(name, body)
    if errors:
        return _article_page(chosen, name=name, body=body, errors=errors), 422
    store().comments.add(slug, name or "A reader", body)
    return redirect(url_for("pages.article", slug=slug, _anchor="comments"), 303)


def _complaints(name: str, body: str) -> dict[str, str]:
    errors = {}
    if len(name) > LONGEST_NAME:
        errors["name"] = (
            f"A name has at most {LONGEST_NAME} characters; this one has {len(name):,}."
        )
    if not body:
        errors["body"] = "There is nothing here yet."
    elif len(body) > LONGEST_COMMENT:
        over = len(body) - LONGEST_COMMENT
        errors["body"] = (
            f"A comment has at most {LONGEST_COMMENT:,} characters; this one has {over:,} too "
            "many. Nothing is lost: it is all still below."
        )
    return errors


def _article_page(
    chosen: Article, name: str = "", body: str = "", errors: dict[str, str] | None = None
) -> str:
    return render_template(
        "article.html",
        article=chosen,
        counts=store().counters.of(chosen.slug),
        comments=store().comments.of(chosen.slug),
        more=library().after(chosen, 3),
        name=name,
        body=body,
        errors=errors or {},
        limit=LONGEST_COMMENT,
    )


@blueprint.get("/feed.xml")
def feed() -> Response:
    entries = render_template("feed.xml", articles=library().articles)
    return Response(entries, content_type="application/atom+xml; charset=utf-8")


@blueprint.get("/healthz")
def healthz() -> tuple[dict[str, str], int]:
    """200 while the database answers. Counters are not needed to read, so they only get a word."""
    said = store().check()
    return said, 200 if said["database"] == "ok" else 503
