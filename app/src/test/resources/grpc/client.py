"""Calls server.py and says what does not hold: client.py TARGET AUTHORITY [CA-FILE]"""

import queue
import sys
import threading

import grpc

target, authority = sys.argv[1:3]
options = [
    ("grpc.default_authority", authority),
    ("grpc.max_receive_message_length", -1),
    ("grpc.max_send_message_length", -1),
]
if len(sys.argv) > 3:
    with open(sys.argv[3], "rb") as file:
        credentials = grpc.ssl_channel_credentials(file.read())
    options.append(("grpc.ssl_target_name_override", authority))
    channel = grpc.secure_channel(target, credentials, options)
else:
    channel = grpc.insecure_channel(target, options)

PATH = "/probe.Probe/"
reverse = channel.unary_unary(PATH + "Reverse")
count = channel.unary_stream(PATH + "Count")
total = channel.stream_unary(PATH + "Total")
talk = channel.stream_stream(PATH + "Talk")
fail = channel.unary_unary(PATH + "Fail")
sleep = channel.unary_unary(PATH + "Sleep")
hold = channel.unary_stream(PATH + "Hold")
was_cancelled = channel.unary_unary(PATH + "WasCancelled")


def check(what, got, expected):
    if got != expected:
        sys.exit(f"{what}: {got!r} instead of {expected!r}")
    print("ok", what, flush=True)


answer, call = reverse.with_call(b"abc", metadata=(("x-sent", "one"), ("x_under.dotted", "two")), timeout=20)
check("unary", answer, b"cba")
check("initial metadata", dict(call.initial_metadata())["x-initial"], "one")
trailing = dict(call.trailing_metadata())
check("trailing metadata", trailing["x-trailing"], "behind")
check("metadata with marks", trailing["x_under.dotted"], "two")
check("status", call.code(), grpc.StatusCode.OK)

large = bytes(range(256)) * (4 << 12)
check("4 MiB there and back", reverse(large, timeout=30) == large[::-1], True)
check("empty", reverse(b"", timeout=20), b"")

check("server streaming", list(count(b"1000", timeout=20)), [str(i).encode() for i in range(1000)])
check("client streaming", total(iter([b"1", b"2", b"3"]), timeout=20), b"6")

said = queue.Queue()
heard = talk(iter(said.get, None), timeout=20)
for word in (b"one", b"two", b"three"):
    said.put(word)
    check("both ways, in turn: " + word.decode(), next(heard), b"you said " + word)
said.put(None)
check("both ways, to the end", list(heard), [])

try:
    fail(b"", timeout=20)
    sys.exit("the error did not come")
except grpc.RpcError as error:
    check("error", (error.code(), error.details()), (grpc.StatusCode.NOT_FOUND, "no such thing: é"))
    check("error's metadata", dict(error.trailing_metadata())["x-why"], "because")

try:
    channel.unary_unary("/probe.Probe/Nothing")(b"", timeout=20)
    sys.exit("a method that nobody has answered")
except grpc.RpcError as error:
    check("unknown method", error.code(), grpc.StatusCode.UNIMPLEMENTED)

try:
    sleep(b"5", timeout=0.3)
    sys.exit("the deadline did not come")
except grpc.RpcError as error:
    check("deadline", error.code(), grpc.StatusCode.DEADLINE_EXCEEDED)

holding = hold(b"", timeout=30)
check("stream begins", next(holding), b"begun")
holding.cancel()
check("the server learns of a cancelled call", was_cancelled(b"", timeout=20), b"yes")

results = queue.Queue()
threads = [
    threading.Thread(target=lambda i=i: results.put(reverse(b"%d" % i, timeout=20) == (b"%d" % i)[::-1]))
    for i in range(64)
]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
check("64 calls at once", [results.get() for _ in threads], [True] * 64)
print("all", flush=True)
