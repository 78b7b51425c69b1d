"""A small WSGI app that keeps score: what reached it, how often, and whole. Standard library only."""

import hashlib
import json
import os
import time


def app(environ, start_response):
    path, query = environ["PATH_INFO"], environ.get("QUERY_STRING", "")
    if path == "/once":
        record(query)
        time.sleep(0.005)
        return reply(start_response, {"done": query})
    if path == "/digest":
        digest, size, body = hashlib.sha256(), 0, environ["wsgi.input"]
        while chunk := body.read(65536):
            digest.update(chunk)
            size += len(chunk)
        return reply(start_response, {"sha256": digest.hexdigest(), "size": size})
    if path == "/slow":
        time.sleep(float(query or "1"))
        return reply(start_response, {"slept": query})
    if path == "/headers":
        return reply(start_response, {k: v for k, v in environ.items() if k.startswith("HTTP_")})
    if path == "/die":
        os._exit(7)
    return reply(
        start_response,
        {"pid": os.getpid(), "uid": os.getuid(), "release": os.environ.get("PROBE_RELEASE", "1")},
    )


def record(line):
    """Append one line that survives kill -9 of this process."""
    fd = os.open(os.environ["PROBE_SCORE"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
    try:
        os.write(fd, (line + "\n").encode())
    finally:
        os.close(fd)


def reply(start_response, value):
    body = json.dumps(value).encode()
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    start_response("200 OK", headers)
    return [body]
