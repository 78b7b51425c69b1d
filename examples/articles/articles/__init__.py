"""Waterline, a small magazine: `gunicorn articles:app` serves it."""

from articles.site import create_app

app = create_app()

__all__ = ["app", "create_app"]
