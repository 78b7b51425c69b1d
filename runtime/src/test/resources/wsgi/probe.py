"""What the tests of the WSGI server ask."""

import io
import json
import threading
import time
from urllib.parse import parse_qs

together = 0
most = 0
lock = threading.Lock()


def app(environ, start_response):
    return ROUTES[environ["PATH_INFO"]](environ, start_response)


def hello(environ, start):
    start("200 OK", [("Content-Type", "text/plain")])
    return [b"hello"]


def echo(environ, start):
    body = environ["wsgi.input"].read()
    start("200 OK", [("Content-Type", "application/octet-stream")])
    return [body]


def lines(environ, start):
    start("200 OK", [])
    return [b"|".join(line.rstrip(b"\n") for line in environ["wsgi.input"])]


def ignore(environ, start):
    start("200 OK", [])
    return [b"ignored"]


def env(environ, start):
    start("200 OK", [("Content-Type", "application/json")])
    return [json.dumps({k: v for k, v in environ.items() if isinstance(v, (str, bool))}).encode()]


def slow(environ, start):
    global together, most
    with lock:
        together += 1
        most = max(most, together)
    time.sleep(float(parse_qs(environ["QUERY_STRING"]).get("s", ["0.3"])[0]))
    with lock:
        together -= 1
    start("200 OK", [])
    return [b"slow %d" % most]


def stream(environ, start):
    start("200 OK", [])
    yield b"one"
    yield b""
    time.sleep(0.5)
    yield b"two"


def pair(environ, start):
    start("200 OK", [])
    return [b"a", b"b"]


def nothing(environ, start):
    start("204 No Content", [])
    return [b"never seen"]


def unchanged(environ, start):
    start("304 Not Modified", [("ETag", '"x"')])
    return []


def empty(environ, start):
    start("200 OK", [])
    return []


def short(environ, start):
    start("200 OK", [("Content-Length", "10")])
    return [b"12345"]


def long(environ, start):
    start("200 OK", [("Content-Length", "5")])
    return [b"1234567890"]


def fail(environ, start):
    raise RuntimeError("on purpose")


def late(environ, start):
    start("200 OK", [])
    yield b"begun"
    raise RuntimeError("too late")


def recover(environ, start):
    import sys

    start("200 OK", [])
    try:
        raise ValueError("x")
    except ValueError:
        start("503 Service Unavailable", [], sys.exc_info())
    return [b"recovered"]


def split(environ, start):
    start("200 OK", [("X-Evil", "a\r\nSet-Cookie: b=c")])
    return []


def unicode(environ, start):
    start("200 OK", [("X-Name", "\u2014")])
    return []


def quit(environ, start):
    raise SystemExit(1)


def nocontent(environ, start):
    start("204 No Content", [("Content-Length", "0")])
    return []


def write(environ, start):
    out = start("200 OK", [])
    out(b"written ")
    return [b"returned"]


def file(environ, start):
    start("200 OK", [])
    return environ["wsgi.file_wrapper"](io.BytesIO(b"f" * 100000))


def big(environ, start):
    start("200 OK", [("Content-Length", str(20 << 20))])
    return [b"x" * (20 << 20)]


def error(environ, start):
    environ["wsgi.errors"].write("said to wsgi.errors\n")
    environ["wsgi.errors"].flush()
    return hello(environ, start)


ROUTES = {
    "/" + f.__name__: f
    for f in (hello, echo, lines, ignore, env, slow, stream, pair, nothing, unchanged, empty, short, long, fail, late, recover,
              split, unicode, quit, nocontent, write, file, big, error)
}
ROUTES["/caf\xc3\xa9 x"] = env


class Deep:
    @staticmethod
    def make(name, *, loud=False):
        def greet(environ, start):
            start("200 OK", [])
            return [(name + ("!" if loud else "")).encode()]

        return greet


async def asgi(scope, receive, send):
    pass


number = 42
