"""Refuses forms that another site sends in the name of a reader's browser.

A browser says where a request comes from (`Sec-Fetch-Site`, before that `Origin`), and a page
cannot forge either. That needs no token and no session, so a form also works without cookies.
Clients that send neither are not browsers, and nobody can make them act for a reader.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, abort, request

SAFE = {"GET", "HEAD", "OPTIONS"}


def install(app: Flask) -> None:
    @app.before_request
    def same_site_only() -> None:
        if request.method not in SAFE and not _from_here():
            abort(403, "This form was sent from another site.")


def _from_here() -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.host
