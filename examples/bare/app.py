"""A small site made of nothing but Python's standard library: it runs where no package can be installed."""

import html
import json
import os
import platform
import sys
import time
from datetime import datetime, timezone
from pathlib import Path
from urllib.parse import parse_qs

HERE = Path(__file__).resolve().parent
STYLE = (HERE / "style.css").read_bytes()
PAGE = (HERE / "page.html").read_text(encoding="utf-8")
STARTED = time.monotonic()
MOST_ECHO = 1024 * 1024  # bytes of a body that /echo gives back
MOST_SLOW = 30.0  # seconds that /slow can be asked to take


def app(environ, start_response):
    """The WSGI callable: routes a request, answers it, logs it."""
    began = time.monotonic()
    handler = ROUTES.get(environ["PATH_INFO"], missing)
    status, kind, body = handler(environ)
    headers = [("Content-Type", kind), ("Content-Length", str(len(body)))]
    if environ["PATH_INFO"] == "/style.css":
        headers.append(("Cache-Control", "public, max-age=3600"))
    start_response(status, headers)
    log(environ, int(status.split()[0]), (time.monotonic() - began) * 1000)
    return [body]


def home(environ):
    """One page that shows which replica answered and how the request arrived."""
    facts = {
        "Answered by": "process %d" % os.getpid(),
        "Up for": "%.0f s" % (time.monotonic() - STARTED),
        "Request": environ.get("HTTP_X_REQUEST_ID", "none"),
        "You are": environ.get("REMOTE_ADDR", "unknown"),
        "Python": platform.python_version(),
    }
    rows = "\n".join("<div><dt>%s</dt><dd>%s</dd></div>" % (html.escape(k), html.escape(v)) for k, v in facts.items())
    return "200 OK", "text/html; charset=utf-8", PAGE.replace("{{facts}}", rows).encode()


def health(environ):
    return "200 OK", "text/plain; charset=utf-8", b"ok\n"


def echo(environ):
    """What arrived, as JSON: method, query, headers and the body's text."""
    length = int(environ.get("CONTENT_LENGTH") or 0)
    if length > MOST_ECHO:
        return "413 Content Too Large", "text/plain; charset=utf-8", b"at most 1 MiB is echoed\n"
    body = environ["wsgi.input"].read(MOST_ECHO)
    headers = {name[5:].replace("_", "-").title(): value for name, value in environ.items() if name.startswith("HTTP_")}
    seen = {
        "method": environ["REQUEST_METHOD"],
        "query": parse_qs(environ["QUERY_STRING"]),
        "headers": headers,
        "body": body.decode("utf-8", "replace"),
    }
    return "200 OK", "application/json", json.dumps(seen, indent=2, sort_keys=True).encode() + b"\n"


def slow(environ):
    """Takes as long as `?s=` says: something to watch drain, queue and time out."""
    try:
        seconds = float(parse_qs(environ["QUERY_STRING"]).get("s", ["1"])[0])
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= MOST_SLOW:
        return "400 Bad Request", "text/plain; charset=utf-8", b"s is a number of seconds between 0 and 30\n"
    time.sleep(seconds)
    return "200 OK", "text/plain; charset=utf-8", b"that took %.3f s\n" % seconds


def style(environ):
    return "200 OK", "text/css; charset=utf-8", STYLE


def missing(environ):
    return "404 Not Found", "text/plain; charset=utf-8", b"there is no such page\n"


ROUTES = {"/": home, "/healthz": health, "/echo": echo, "/slow": slow, "/style.css": style}


def log(environ, status, milliseconds):
    line = {
        "time": datetime.now(timezone.utc).isoformat(timespec="milliseconds"),
        "level": "info" if status < 500 else "error",
        "event": "request",
        "method": environ["REQUEST_METHOD"],
        "path": environ["PATH_INFO"],
        "status": status,
        "ms": round(milliseconds, 2),
        "request_id": environ.get("HTTP_X_REQUEST_ID"),
    }
    # One write a line: the lines of threads do not mix.
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()
