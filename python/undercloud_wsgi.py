#!/usr/bin/env python3
"""A WSGI server made of the standard library: for apps that bring none of their own.

    python undercloud_wsgi.py MODULE[:OBJECT] [--threads N]

OBJECT is a WSGI callable or a factory call like create_app(); `application`, else `app`, where it is not named. Listens on
the Unix socket $SOCKET, else on 127.0.0.1:$PORT. HTTP/1.1 (RFC 9112) with keep-alive, meant to stand behind a reverse proxy:
idle connections cost no thread, a request being served costs one of N. SIGTERM and SIGINT end it when what is in flight is
done. Exit codes: 0 after a signal, 2 wrong use, 3 the app cannot be loaded, 4 the address cannot be bound.

Needs Python 3.8 or later; imports nothing but the standard library.
"""

import argparse
import ast
import collections
import importlib
import inspect
import io
import os
import queue
import re
import selectors
import signal
import socket
import stat
import sys
import threading
import time
import traceback
from email.utils import formatdate
from urllib.parse import unquote_to_bytes

THREADS = 8  # requests served at once: a replica is one core's worth, and the balancer adds replicas
MOST_THREADS = 256  # beyond this a thread pool is slower, not faster
BACKLOG = 512  # connections the kernel keeps for us while all threads are busy
MOST_CONNECTIONS = 1000  # below the usual limit of 1,024 open files
HEAD_BYTES = 64 * 1024  # the proxy's own limit; a larger head is a mistake or an attack
MOST_HEADERS = 128
CHUNK_LINE = 1024  # a chunk-size line with extensions
TRAILER_BYTES = 16 * 1024
BLOCK = 64 * 1024  # bytes read or sent at once
DRAIN_BYTES = 256 * 1024  # of a request body that the app left unread, to keep the connection
HEAD_SECONDS = 15  # from a head's first byte to its last
IO_SECONDS = 60  # without one byte moving, in either direction
IDLE_SECONDS = 75  # longer than proxies keep an idle connection, so that they close it, not we
GRACE_SECONDS = 300  # after SIGTERM; whoever sent it has a shorter limit of its own

TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+\Z")
TARGET = re.compile(r"[\x21-\x7e\x80-\xff]+\Z")
VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*\Z")
STATUS = re.compile(r"[2-9][0-9]{2}(?: [\t\x20-\x7e\x80-\xff]*)?\Z")
HOP_BY_HOP = {"connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer", "transfer-encoding", "upgrade"}


class BadRequest(Exception):
    """The request breaks the protocol; the connection is closed after the answer."""

    def __init__(self, status, reason):
        super().__init__(reason)
        self.status = status


class ClientGone(Exception):
    """The other side closed or stalled: nothing is left to be said to it."""


class Connection:
    """One accepted connection. Belongs to one thread at a time: the loop or a worker."""

    def __init__(self, sock):
        self.sock = sock
        self.buffer = b""
        self.since = time.monotonic()

    def fill(self, deadline=None):
        """Reads some more; False at the end of the stream."""
        wait = IO_SECONDS if deadline is None else min(IO_SECONDS, deadline - time.monotonic())
        if wait <= 0:
            raise ClientGone("too slow")
        self.sock.settimeout(wait)
        try:
            data = self.sock.recv(BLOCK)
        except (OSError, socket.timeout) as gone:
            raise ClientGone(str(gone)) from None
        self.buffer += data
        return bool(data)

    def take(self, size):
        data, self.buffer = self.buffer[:size], self.buffer[size:]
        return data

    def line(self, limit):
        """A line without its CRLF; a bare CR or LF in it is an error."""
        while True:
            end = self.buffer.find(b"\n", 0, limit + 2)
            if end >= 0:
                line = self.take(end + 1)
                if not line.endswith(b"\r\n") or b"\r" in line[:-2]:
                    raise BadRequest("400 Bad Request", "a line that does not end in CRLF")
                return line[:-2]
            if len(self.buffer) > limit:
                raise BadRequest("400 Bad Request", "a line that is too long")
            if not self.fill():
                raise ClientGone("closed inside a request")

    def send(self, data):
        view = memoryview(data)
        self.sock.settimeout(IO_SECONDS)
        try:
            while view:
                view = view[self.sock.send(view):]
        except (OSError, socket.timeout) as gone:
            raise ClientGone(str(gone)) from None

    def close(self):
        try:
            self.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.sock.close()


class Head:
    """A request line and its headers, parsed strictly: what two parsers could read in two ways is refused."""

    def __init__(self, data):
        text = data.decode("latin-1")
        lines = text.split("\r\n")
        if any("\r" in line or "\n" in line for line in lines):
            raise BadRequest("400 Bad Request", "a line that does not end in CRLF")
        parts = lines[0].split(" ")
        if len(parts) != 3 or not TOKEN.match(parts[0]) or not TARGET.match(parts[1]):
            raise BadRequest("400 Bad Request", "not a request line")
        self.method, self.target, version = parts
        if version not in ("HTTP/1.1", "HTTP/1.0"):
            odd = re.match(r"HTTP/\d\.\d\Z", version)
            raise BadRequest("505 HTTP Version Not Supported" if odd else "400 Bad Request", "version")
        self.version = version
        if len(lines) - 1 > MOST_HEADERS:
            raise BadRequest("431 Request Header Fields Too Large", "too many headers")
        self.headers = [self.header(line) for line in lines[1:]]
        self.length = self.framing()
        hosts = self.all("host")
        if len(hosts) > 1 or (not hosts and version == "HTTP/1.1"):
            raise BadRequest("400 Bad Request", "exactly one Host is needed")

    @staticmethod
    def header(line):
        name, colon, value = line.partition(":")
        if not colon or not TOKEN.match(name) or not VALUE.match(value):
            raise BadRequest("400 Bad Request", "not a header line")
        return name.lower(), value.strip(" \t")

    def all(self, name):
        return [value for key, value in self.headers if key == name]

    def has(self, name, token):
        return any(token == part.strip().lower() for value in self.all(name) for part in value.split(","))

    def framing(self):
        """Bytes of the body; None when it is chunked."""
        codings, lengths = self.all("transfer-encoding"), self.all("content-length")
        if codings:
            if lengths or self.version == "HTTP/1.0":
                raise BadRequest("400 Bad Request", "ambiguous body length")
            if len(codings) > 1 or codings[0].lower() != "chunked":
                raise BadRequest("501 Not Implemented", "only chunked is understood")
            return None
        if not lengths:
            return 0
        if len(lengths) > 1 or not re.match(r"[0-9]{1,18}\Z", lengths[0]):
            raise BadRequest("400 Bad Request", "not a Content-Length")
        return int(lengths[0])

    def keeps_alive(self):
        if self.has("connection", "close"):
            return False
        return self.version == "HTTP/1.1" or self.has("connection", "keep-alive")


class Body(io.RawIOBase):
    """A request body as a stream that ends where the body does; sends 100 Continue when it is first read."""

    def __init__(self, connection, length, expects):
        self.connection = connection
        self.chunked = length is None
        self.left = length or 0
        self.done = length == 0
        self.expects = expects and not self.done
        self.broken = None

    def readable(self):
        return True

    def readinto(self, target):
        if self.broken:
            raise OSError("the request body cannot be read: %s" % self.broken)
        try:
            data = self.some(len(target))
        except (BadRequest, ClientGone) as failed:
            self.broken = failed
            raise OSError("the request body cannot be read: %s" % failed) from failed
        target[: len(data)] = data
        return len(data)

    def some(self, most):
        if self.done or most == 0:
            return b""
        if self.expects:
            self.expects = False
            self.connection.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        if self.chunked and self.left == 0:
            self.next_chunk()
            if self.done:
                return b""
        if not self.connection.buffer and not self.connection.fill():
            raise ClientGone("closed inside a request body")
        data = self.connection.take(min(most, self.left))
        self.left -= len(data)
        if self.left == 0:
            if self.chunked:
                if self.connection.line(CHUNK_LINE):
                    raise BadRequest("400 Bad Request", "a chunk longer than its size says")
            else:
                self.done = True
        return data

    def next_chunk(self):
        line = self.connection.line(CHUNK_LINE)
        size, _, extension = line.partition(b";")
        if not re.match(rb"[0-9A-Fa-f]{1,15}\Z", size.rstrip(b" \t") if extension else size):
            raise BadRequest("400 Bad Request", "not a chunk size")
        if not VALUE.match(extension.decode("latin-1")):
            raise BadRequest("400 Bad Request", "not a chunk extension")
        self.left = int(size, 16)
        if self.left == 0:
            seen = 0
            while True:
                trailer = self.connection.line(TRAILER_BYTES)
                if not trailer:
                    break
                seen += len(trailer)
                if seen > TRAILER_BYTES:
                    raise BadRequest("400 Bad Request", "trailers too long")
                Head.header(trailer.decode("latin-1"))
            self.done = True

    def skip_rest(self):
        """Reads what the app left, if it is little; whether the connection can go on."""
        if self.broken or self.expects:
            return self.done
        seen = 0
        while not self.done:
            data = self.some(BLOCK)
            seen += len(data)
            if seen > DRAIN_BYTES:
                return False
        return True


class FileWrapper:
    """wsgi.file_wrapper of PEP 3333: a file as blocks."""

    def __init__(self, file, size=BLOCK):
        self.file, self.size = file, size
        if hasattr(file, "close"):
            self.close = file.close

    def __iter__(self):
        return self

    def __next__(self):
        data = self.file.read(self.size)
        if data:
            return data
        raise StopIteration


class Response:
    """start_response, write and framing of one response (PEP 3333, RFC 9112 section 6)."""

    def __init__(self, connection, head, keep):
        self.connection, self.head, self.keep = connection, head, keep
        self.status = None
        self.headers = []
        self.sent = False
        self.chunked = False
        self.left = None  # bytes still owed under the app's own Content-Length

    def start(self, status, headers, exc_info=None):
        if exc_info:
            try:
                if self.sent:
                    raise exc_info[1].with_traceback(exc_info[2])
            finally:
                exc_info = None
        elif self.status is not None:
            raise AssertionError("start_response was called twice")
        if not isinstance(status, str) or not STATUS.match(status):
            raise ValueError("not a status: %r" % (status,))
        for name, value in headers:
            if not TOKEN.match(name) or not VALUE.match(value):
                raise ValueError("not a header: %r: %r" % (name, value))
            if name.lower() in HOP_BY_HOP:
                raise ValueError("an app must not set %s: that is for the server" % name)
        self.status, self.headers = status, list(headers)
        return self.write

    def bodiless(self):
        return self.head.method == "HEAD" or self.status[:3] in ("204", "304")

    def begin(self, known=None):
        """The head's bytes; `known` is the length of the whole body where it is known."""
        if self.status is None:
            raise AssertionError("the app did not call start_response")
        headers = list(self.headers)
        if self.status[:3] == "204":
            headers = [header for header in headers if header[0].lower() != "content-length"]
        names = {name.lower() for name, _ in headers}
        if "content-length" in names:
            value = next(value for name, value in headers if name.lower() == "content-length")
            if not value.isdigit():
                raise ValueError("not a Content-Length: %r" % value)
            self.left = int(value)
        elif known is not None and self.status[:3] not in ("204", "304"):
            headers.append(("Content-Length", str(known)))
            self.left = known
        elif not self.bodiless():
            if self.head.version == "HTTP/1.1":
                self.chunked = True
                headers.append(("Transfer-Encoding", "chunked"))
            else:
                self.keep = False
        if "date" not in names:
            headers.append(("Date", formatdate(usegmt=True)))
        if not self.keep:
            headers.append(("Connection", "close"))
        elif self.head.version == "HTTP/1.0":
            headers.append(("Connection", "keep-alive"))
        status = self.status if len(self.status) > 3 else self.status + " "
        lines = ["HTTP/1.1 " + status] + ["%s: %s" % header for header in headers]
        self.sent = True
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")

    def write(self, data, known=None):
        if not isinstance(data, (bytes, bytearray, memoryview)):
            raise TypeError("a WSGI app yields bytes, not %s" % type(data).__name__)
        out = b"" if self.sent else self.begin(known)
        if data and not self.bodiless():
            if self.chunked:
                out += b"%x\r\n" % len(data) + bytes(data) + b"\r\n"
            elif self.left is not None:
                if len(data) > self.left:
                    complain(self.head, "the app sends more than its Content-Length; the rest is dropped")
                    data = data[: self.left]
                self.left -= len(data)
                out = out + bytes(data) if out else data
            else:
                out += bytes(data)
        if out:
            self.connection.send(out)

    def run(self, result):
        known = None
        try:
            if len(result) <= 1:
                known = sum(len(part) for part in result)
        except TypeError:
            pass  # a generator: its length is not known
        for data in result:
            if data:
                self.write(data, known)
        if not self.sent:
            # HEAD of an unknown length: say nothing rather than 0.
            self.write(b"", None if self.head.method == "HEAD" and known is None else known or 0)

    def finish(self):
        if self.chunked:
            self.connection.send(b"0\r\n\r\n")
        elif self.left and not self.bodiless():
            complain(self.head, "the app sent %d bytes less than its Content-Length" % self.left)
            self.keep = False


def complain(head, text, trace=""):
    """Says it in one write, so that the lines of threads do not mix."""
    request = head and head.all("x-request-id")
    mark = " request_id=%s" % request[0] if request else ""
    sys.stderr.write("undercloud_wsgi: %s%s\n%s" % (text, mark, trace))
    sys.stderr.flush()


def environ(head, body, address):
    """The environ of PEP 3333. Forwarding headers are believed: only the proxy can reach us."""
    target = head.target
    if target[:1] not in ("/", "*"):
        absolute = re.match(r"https?://[^/?#]*", target, re.I)
        if not absolute:
            raise BadRequest("400 Bad Request", "not a request target")
        target = target[absolute.end():] or "/"
        target = target if target[0] == "/" else "/" + target
    if "#" in target:
        raise BadRequest("400 Bad Request", "a fragment in the request target")
    path, _, query = target.partition("?")
    host = (head.all("host") or [""])[0]
    forwarded = head.all("x-forwarded-proto")
    scheme = "https" if forwarded and forwarded[-1].strip().lower() == "https" else "http"
    name, _, port = host.rpartition(":") if re.search(r":\d+\Z", host) else (host, "", "")
    client = (head.all("x-forwarded-for") or [""])[-1].split(",")[-1].strip()
    env = {
        "REQUEST_METHOD": head.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path.encode("latin-1")).decode("latin-1"),
        "QUERY_STRING": query,
        "REQUEST_URI": head.target,
        "RAW_URI": head.target,
        "SERVER_NAME": name or "localhost",
        "SERVER_PORT": port or ("443" if scheme == "https" else "80"),
        "SERVER_PROTOCOL": head.version,
        "SERVER_SOFTWARE": "undercloud_wsgi",
        "REMOTE_ADDR": client or address or "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scheme,
        "wsgi.input": io.BufferedReader(body, BLOCK),
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": FileWrapper,
    }
    for key, value in head.headers:
        if "_" in key:
            continue  # X_Forwarded_For would pass for X-Forwarded-For
        if key in ("content-type", "content-length"):
            env[key.upper().replace("-", "_")] = value
            continue
        key = "HTTP_" + key.upper().replace("-", "_")
        if key in env:
            value = env[key] + ("; " if key == "HTTP_COOKIE" else ",") + value
        env[key] = value
    return env


class Server:
    """One loop that owns the idle connections, and threads that serve one request each."""

    def __init__(self, app, listener, threads):
        self.app, self.listener = app, listener
        self.selector = selectors.DefaultSelector()
        self.ready = queue.SimpleQueue()
        self.back = collections.deque()
        self.waker, self.wakened = socket.socketpair()
        self.waker.setblocking(False)
        self.wakened.setblocking(False)
        self.open = 0
        self.stopping = False
        self.accepting = False
        self.threads = [threading.Thread(target=self.work, name="request-%d" % n, daemon=True) for n in range(threads)]

    def stop(self, *_):
        self.stopping = True
        self.wake()

    def wake(self):
        try:
            self.waker.send(b"x")
        except OSError:
            pass  # full: it will wake up anyway

    # On the loop's thread

    def run(self):
        self.listener.setblocking(False)
        self.selector.register(self.wakened, selectors.EVENT_READ)
        for thread in self.threads:
            thread.start()
        while not self.stopping:
            self.listen(self.open < MOST_CONNECTIONS)
            for key, _ in self.selector.select(1.0):
                if key.fileobj is self.wakened:
                    self.wakened.recv(4096)
                elif key.fileobj is self.listener:
                    self.accept()
                else:
                    self.selector.unregister(key.fileobj)
                    self.ready.put(key.data)
            self.take_back()
            self.expire()
        self.drain()

    def listen(self, wanted):
        if wanted and not self.accepting:
            self.selector.register(self.listener, selectors.EVENT_READ)
        elif self.accepting and not wanted:
            self.selector.unregister(self.listener)
        self.accepting = wanted

    def accept(self):
        while self.open < MOST_CONNECTIONS:
            try:
                sock, _ = self.listener.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as failed:
                complain(None, "cannot accept a connection: %s" % failed)
                time.sleep(0.1)
                return
            if sock.family != socket.AF_UNIX:
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.open += 1
            self.watch(Connection(sock))

    def watch(self, connection):
        connection.since = time.monotonic()
        self.selector.register(connection.sock, selectors.EVENT_READ, connection)

    def take_back(self):
        while self.back:
            connection, keep = self.back.popleft()
            if keep:
                self.watch(connection)
            else:
                self.open -= 1

    def idle(self):
        return [key.data for key in self.selector.get_map().values() if isinstance(key.data, Connection)]

    def expire(self):
        limit = time.monotonic() - IDLE_SECONDS
        for connection in self.idle():
            if connection.since < limit:
                self.drop(connection)

    def drop(self, connection):
        self.selector.unregister(connection.sock)
        connection.close()
        self.open -= 1

    def drain(self):
        """Serves what the kernel has already taken for us, then ends what is idle, then waits."""
        self.accept()
        self.listen(False)
        self.listener.close()
        deadline = time.monotonic() + GRACE_SECONDS
        for key, _ in self.selector.select(0):
            if isinstance(key.data, Connection):
                self.selector.unregister(key.fileobj)
                self.ready.put(key.data)
        for connection in self.idle():
            self.drop(connection)
        for _ in self.threads:
            self.ready.put(None)
        for thread in self.threads:
            thread.join(max(0, deadline - time.monotonic()))

    # On a worker's thread

    def work(self):
        while True:
            connection = self.ready.get()
            if connection is None:
                return
            keep = False
            try:
                keep = self.serve(connection)
                while keep and connection.buffer and not self.stopping:
                    keep = self.serve(connection)
            except ClientGone:
                pass
            except BaseException:  # whatever it is, the pool must not shrink
                complain(None, "a request failed", traceback.format_exc())
            keep = keep and not self.stopping
            if not keep:
                connection.close()
            self.back.append((connection, keep))
            self.wake()

    def serve(self, connection):
        """One request and its response; whether the connection can carry another."""
        head = None
        try:
            data = self.read_head(connection)
            if data is None:
                return False
            head = Head(data)
            if head.has("expect", "100-continue"):
                expects = head.version == "HTTP/1.1"
            elif head.all("expect"):
                raise BadRequest("417 Expectation Failed", "only 100-continue is understood")
            else:
                expects = False
            body = Body(connection, head.length, expects)
            address = connection.sock.getpeername()[0] if connection.sock.family != socket.AF_UNIX else ""
            env = environ(head, body, address)
        except BadRequest as bad:
            answer(connection, bad.status, str(bad))
            return False
        return self.call(connection, head, body, env)

    @staticmethod
    def read_head(connection):
        deadline = time.monotonic() + HEAD_SECONDS
        while True:
            if connection.buffer.startswith(b"\r\n"):
                connection.take(2)  # RFC 9112 2.2: an empty line before a request is ignored
                continue
            end = connection.buffer.find(b"\r\n\r\n")
            if end > HEAD_BYTES or (end < 0 and len(connection.buffer) > HEAD_BYTES):
                raise BadRequest("431 Request Header Fields Too Large", "the head is too large")
            if end >= 0:
                head = connection.take(end)
                connection.take(4)
                return head
            if not connection.fill(deadline):
                return None

    def call(self, connection, head, body, env):
        response = Response(connection, head, head.keeps_alive() and not self.stopping)
        result = None
        try:
            result = self.app(env, response.start)
            response.run(result)
            response.finish()
        except ClientGone:
            raise
        except BaseException:  # sys.exit() in an app ends a request, not a thread
            if isinstance(body.broken, ClientGone):
                raise body.broken from None
            if isinstance(body.broken, BadRequest) and not response.sent:
                answer(connection, body.broken.status, str(body.broken))
                return False
            complain(head, "%s %s failed" % (head.method, head.target), traceback.format_exc())
            if not response.sent:
                answer(connection, "500 Internal Server Error", "the application failed; its log says why")
            return False
        finally:
            if hasattr(result, "close"):
                try:
                    result.close()
                except BaseException:
                    complain(head, "closing the response failed", traceback.format_exc())
        try:
            return body.skip_rest() and response.keep
        except BadRequest:
            return False


def answer(connection, status, reason):
    body = ("%s: %s\n" % (status, reason)).encode("latin-1", "replace")
    head = "HTTP/1.1 %s\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: %d\r\nDate: %s\r\nConnection: close\r\n\r\n"
    try:
        connection.send((head % (status, len(body), formatdate(usegmt=True))).encode("latin-1") + body)
        # Unread bytes would turn our close into a reset that overtakes the answer.
        connection.sock.shutdown(socket.SHUT_WR)
        connection.sock.settimeout(1)
        seen = 0
        while seen < DRAIN_BYTES:
            data = connection.sock.recv(BLOCK)
            if not data:
                break
            seen += len(data)
    except (ClientGone, OSError):
        pass


class Unloadable(Exception):
    """The app cannot be found or is not what we can serve."""


def load(name):
    """The WSGI callable that `module:object` or `module:factory(...)` names."""
    module_name, _, expression = name.partition(":")
    module = importlib.import_module(module_name)
    if not expression:
        expression = "application" if hasattr(module, "application") else "app"
    app = evaluate(module, expression)
    if inspect.iscoroutinefunction(app) or inspect.iscoroutinefunction(getattr(app, "__call__", None)):
        raise Unloadable("%s is an ASGI app, and this server speaks WSGI: add uvicorn to the app's requirements" % name)
    if not callable(app):
        raise Unloadable("%s is %s, not a WSGI callable" % (name, type(app).__name__))
    return app


def evaluate(module, expression):
    try:
        node = ast.parse(expression, mode="eval").body
    except SyntaxError:
        raise Unloadable("%r is neither a name nor a call" % expression) from None
    arguments = None
    if isinstance(node, ast.Call):
        try:
            arguments = [ast.literal_eval(a) for a in node.args], {k.arg: ast.literal_eval(k.value) for k in node.keywords}
        except ValueError:
            raise Unloadable("the arguments in %r must be plain values" % expression) from None
        node = node.func
    names = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        raise Unloadable("%r is neither a name nor a call" % expression)
    value = module
    for part in [node.id] + names[::-1]:
        if not hasattr(value, part):
            raise Unloadable("%s has no %r" % (getattr(value, "__name__", value), part))
        value = getattr(value, part)
    return value if arguments is None else value(*arguments[0], **arguments[1])


def bind():
    path = os.environ.get("SOCKET")
    if path:
        try:
            if stat.S_ISSOCK(os.lstat(path).st_mode):
                os.unlink(path)
        except FileNotFoundError:
            pass
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(path)
        listener.listen(BACKLOG)
        return listener, "unix:" + path
    port = os.environ.get("PORT", "")
    if not port.isdigit() or int(port) > 65535:
        raise OSError("set SOCKET to a path or PORT to a port number")
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", int(port)))
    listener.listen(BACKLOG)
    return listener, "http://127.0.0.1:%d" % listener.getsockname()[1]


def main():
    parser = argparse.ArgumentParser(description="Serve a WSGI app with the standard library.")
    parser.add_argument("app", metavar="MODULE[:OBJECT]")
    parser.add_argument("--threads", type=int, default=THREADS, help="requests served at once (%(default)s)")
    options = parser.parse_args()
    if not 1 <= options.threads <= MOST_THREADS:
        parser.error("--threads must be between 1 and %d" % MOST_THREADS)
    # The app's folder, where we run, in the place of the one this file lies in.
    sys.path[0] = os.getcwd()
    try:
        app = load(options.app)
    except BaseException as failed:
        if isinstance(failed, KeyboardInterrupt):
            raise
        if not isinstance(failed, Unloadable):
            traceback.print_exc()
        why = failed if isinstance(failed, Unloadable) else "%s: %s" % (type(failed).__name__, failed)
        print("undercloud_wsgi: cannot load %s: %s" % (options.app, why), file=sys.stderr, flush=True)
        return 3
    try:
        listener, address = bind()
    except OSError as failed:
        where = os.environ.get("SOCKET") or "port " + os.environ.get("PORT", "")
        print("undercloud_wsgi: cannot listen on %s: %s" % (where, failed), file=sys.stderr, flush=True)
        return 4
    server = Server(app, listener, options.threads)
    signal.signal(signal.SIGTERM, server.stop)
    signal.signal(signal.SIGINT, server.stop)
    print("undercloud_wsgi: serving %s on %s, %d threads, Python %s" % (
        options.app, address, options.threads, sys.version.split()[0]), flush=True)
    server.run()
    path = os.environ.get("SOCKET")
    if path:
        try:
            os.unlink(path)
        except OSError:
            pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
