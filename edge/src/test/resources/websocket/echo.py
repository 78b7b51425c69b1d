"""An echo server for WebSockets (RFC 6455) with permessage-deflate (RFC 7692), of Python's standard library alone.

    echo.py SOCKET      listens on that Unix socket, and on a TCP port of loopback that it prints
    PORT=N echo.py      listens on that port of loopback

Strict on purpose: what the RFCs forbid fails the connection with the status that they name. A thread for each connection.
"""

import base64
import codecs
import hashlib
import os
import socket
import socketserver
import struct
import sys
import threading
import zlib

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
PROTOCOL_ERROR, NOT_UTF8 = 1002, 1007
PIECE = 1 << 16
TAIL = b"\x00\x00\xff\xff"
GOODBYE_SECONDS = 2


class Wrong(Exception):
    """What the client did, as the status of the Close frame that tells it."""

    def __init__(self, status):
        super().__init__(status)
        self.status = status


def negotiate(offers):
    """The first offer of permessage-deflate that can be met (RFC 7692, 7.1): what is answered, and its parameters."""
    for offer in offers.split(","):
        name, *rest = (part.strip() for part in offer.split(";"))
        wanted = dict((part.split("=") + [None])[:2] for part in rest)
        if name != "permessage-deflate" or wanted.get("server_max_window_bits") == "8":
            continue
        answer = [name] + [p for p in wanted if p.endswith("no_context_takeover")]
        if "server_max_window_bits" in wanted:
            answer.append("server_max_window_bits=" + wanted["server_max_window_bits"])
        return "; ".join(answer), wanted
    return None, None


def xor(data, mask, at):
    """Masks or unmasks data, the first byte of which is at that place of its frame."""
    turned = mask[at % 4 :] + mask[: at % 4]
    key = (turned * (len(data) // 4 + 1))[: len(data)]
    return (int.from_bytes(data, "big") ^ int.from_bytes(key, "big")).to_bytes(len(data), "big")


class Deflate:
    def __init__(self, wanted):
        self.out_bits = int(wanted.get("server_max_window_bits") or 15)
        self.fresh_out = "server_no_context_takeover" in wanted
        self.fresh_in = "client_no_context_takeover" in wanted
        self.packer = self.unpacker = None

    def pack(self, data):
        if self.packer is None or self.fresh_out:
            self.packer = zlib.compressobj(1, zlib.DEFLATED, -self.out_bits)
        return (self.packer.compress(data) + self.packer.flush(zlib.Z_SYNC_FLUSH))[: -len(TAIL)]

    def begin(self):
        if self.unpacker is None or self.fresh_in:
            self.unpacker = zlib.decompressobj(-15)

    def unpack(self, data):
        try:
            return self.unpacker.decompress(data)
        except zlib.error:
            raise Wrong(NOT_UTF8) from None


class Echo(socketserver.BaseRequestHandler):
    def handle(self):
        self.input = self.request.makefile("rb", PIECE)
        self.deflate = None
        try:
            if self.open():
                self.echo()
        except Wrong as wrong:
            self.goodbye(struct.pack("!H", wrong.status))
        except OSError:
            pass

    def open(self):
        fields = {}
        self.input.readline()
        while (line := self.input.readline()) not in (b"\r\n", b""):
            name, value = line.decode("latin-1").split(":", 1)
            key = name.lower()
            fields[key] = fields[key] + ", " + value.strip() if key in fields else value.strip()
        if "sec-websocket-key" not in fields:
            self.request.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\necho")
            return False
        accept = base64.b64encode(hashlib.sha1(fields["sec-websocket-key"].encode() + GUID).digest()).decode()
        answer, wanted = negotiate(fields.get("sec-websocket-extensions", ""))
        if wanted is not None:
            self.deflate = Deflate(wanted)
        lines = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Accept: " + accept]
        lines += ["Sec-WebSocket-Extensions: " + answer] if answer else []
        self.request.sendall("\r\n".join([*lines, "", ""]).encode())
        return True

    def exactly(self, size):
        data = self.input.read(size)
        if len(data) < size:
            raise OSError("the connection ended")
        return data

    def send(self, opcode, data, rsv1=0):
        length = len(data)
        head = struct.pack("!B", 0x80 | rsv1 | opcode)
        if length < 126:
            head += struct.pack("!B", length)
        elif length < 1 << 16:
            head += struct.pack("!BH", 126, length)
        else:
            head += struct.pack("!BQ", 127, length)
        self.request.sendall(head + data)

    def goodbye(self, payload):
        """Says Close and waits for the end, so that no reset overtakes it."""
        self.send(CLOSE, payload)
        self.request.shutdown(socket.SHUT_WR)
        self.request.settimeout(GOODBYE_SECONDS)
        while self.request.recv(PIECE):
            pass

    def echo(self):
        message = None
        while True:
            first, second = self.exactly(2)
            opcode, length = first & 15, second & 127
            packed = bool(first & 0x40) and self.deflate is not None and opcode in (TEXT, BINARY)
            if first & 0x70 and not (packed and not first & 0x30) or not second & 0x80:
                raise Wrong(PROTOCOL_ERROR)
            if opcode >= CLOSE and (opcode > PONG or length > 125 or not first & 0x80):
                raise Wrong(PROTOCOL_ERROR)
            if BINARY < opcode < CLOSE or opcode < CLOSE and (opcode == CONTINUATION) != (message is not None):
                raise Wrong(PROTOCOL_ERROR)
            if length == 126:
                (length,) = struct.unpack("!H", self.exactly(2))
            elif length == 127:
                (length,) = struct.unpack("!Q", self.exactly(8))
            mask = self.exactly(4)
            if opcode >= CLOSE:
                payload = xor(self.exactly(length), mask, 0)
                if opcode == CLOSE:
                    return self.close(payload)
                if opcode == PING:
                    self.send(PONG, payload)
                continue
            if opcode != CONTINUATION:
                message = Message(opcode, self.deflate if packed else None)
            self.payload(message, length, mask)
            if first & 0x80:
                self.answer(message)
                message = None

    def payload(self, message, length, mask):
        """Looks at each piece as it comes: what is wrong is told before the frame ends."""
        at = 0
        while at < length:
            piece = self.input.read1(min(PIECE, length - at))
            if not piece:
                raise OSError("the connection ended")
            message.add(xor(piece, mask, at))
            at += len(piece)

    def answer(self, message):
        data = message.end()
        if self.deflate and message.deflate:
            self.send(message.opcode, self.deflate.pack(data), 0x40)
        else:
            self.send(message.opcode, data)

    def close(self, payload):
        if len(payload) == 1:
            raise Wrong(PROTOCOL_ERROR)
        if payload:
            (status,) = struct.unpack("!H", payload[:2])
            if not (3000 <= status < 5000 or 1000 <= status < 1012 and status not in (1004, 1005, 1006)):
                raise Wrong(PROTOCOL_ERROR)
            try:
                payload[2:].decode()
            except UnicodeDecodeError:
                raise Wrong(NOT_UTF8) from None
        self.goodbye(payload[:2])


class Message:
    def __init__(self, opcode, deflate):
        self.opcode = opcode
        self.deflate = deflate
        self.data = bytearray()
        self.utf8 = codecs.getincrementaldecoder("utf-8")() if opcode == TEXT else None
        if deflate:
            deflate.begin()

    def add(self, data, last=False):
        if self.deflate:
            data = self.deflate.unpack(data)
        self.data += data
        self.check(data, False)

    def check(self, data, last):
        try:
            if self.utf8:
                self.utf8.decode(data, last)
        except UnicodeDecodeError:
            raise Wrong(NOT_UTF8) from None

    def end(self):
        if self.deflate:
            self.add(TAIL)
        self.check(b"", True)
        return bytes(self.data)


class Threads(socketserver.ThreadingMixIn):
    daemon_threads = True
    request_queue_size = 64


class Tcp(Threads, socketserver.TCPServer):
    def get_request(self):
        request, address = super().get_request()
        request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return request, address


class Unix(Threads, socketserver.UnixStreamServer):
    pass


def main():
    if "PORT" in os.environ:
        Tcp(("127.0.0.1", int(os.environ["PORT"])), Echo).serve_forever()
    unix, tcp = Unix(sys.argv[1], Echo), Tcp(("127.0.0.1", 0), Echo)
    threading.Thread(target=unix.serve_forever, daemon=True).start()
    threading.Thread(target=tcp.serve_forever, daemon=True).start()
    print(tcp.server_address[1], flush=True)
    # Until whoever started it ends.
    sys.stdin.read()


main()
