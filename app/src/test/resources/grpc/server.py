"""A gRPC server without generated code: messages are bytes, methods do what their names say."""

import os
import signal
import sys
import threading
import time
from concurrent import futures

import grpc

cancelled = threading.Event()


def reverse(request, context):
    seen = dict(context.invocation_metadata())
    context.send_initial_metadata((("x-initial", seen.get("x-sent", "none")),))
    context.set_trailing_metadata((("x-trailing", "behind"), ("x_under.dotted", seen.get("x_under.dotted", "none"))))
    return request[::-1]


def count(request, context):
    for i in range(int(request)):
        yield str(i).encode()


def total(requests, context):
    return str(sum(int(r) for r in requests)).encode()


def talk(requests, context):
    for request in requests:
        yield b"you said " + request


def fail(request, context):
    context.set_trailing_metadata((("x-why", "because"),))
    context.abort(grpc.StatusCode.NOT_FOUND, "no such thing: é")


def sleep(request, context):
    time.sleep(float(request))
    return b"slept"


def hold(request, context):
    """Streams until the client has left; `was_cancelled` tells of it."""
    cancelled.clear()
    context.add_callback(cancelled.set)
    yield b"begun"
    while context.is_active():
        time.sleep(0.02)


def was_cancelled(request, context):
    return b"yes" if cancelled.wait(10) else b"no"


def serve():
    def unary(function):
        return grpc.unary_unary_rpc_method_handler(function)

    methods = {
        "Reverse": unary(reverse),
        "Count": grpc.unary_stream_rpc_method_handler(count),
        "Total": grpc.stream_unary_rpc_method_handler(total),
        "Talk": grpc.stream_stream_rpc_method_handler(talk),
        "Fail": unary(fail),
        "Sleep": unary(sleep),
        "Hold": grpc.unary_stream_rpc_method_handler(hold),
        "WasCancelled": unary(was_cancelled),
    }
    server = grpc.server(
        futures.ThreadPoolExecutor(32),
        options=[("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)],
    )
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("probe.Probe", methods),))
    server.add_insecure_port("127.0.0.1:" + os.environ["PORT"])
    server.start()
    signal.signal(signal.SIGTERM, lambda *_: server.stop(20))
    server.wait_for_termination()


if __name__ == "__main__":
    sys.exit(serve())
