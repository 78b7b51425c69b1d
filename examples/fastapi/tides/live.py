"""The connections that stay open: server-sent events and a WebSocket."""

from __future__ import annotations

import asyncio
import json
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timezone

from fastapi import APIRouter, FastAPI, HTTPException, Request, WebSocket, WebSocketDisconnect
from fastapi.responses import StreamingResponse

from tides.harbours import HARBOURS, Harbour

TICK_SECONDS = 0.5

# A real tide is too slow to watch: in the stream ten minutes pass each second.
HASTE = 600

router = APIRouter()


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Ends the event streams when the server is told to end: it waits for open responses first."""
    app.state.ending = asyncio.Event()
    _on_end(asyncio.get_running_loop(), app.state.ending)
    yield


def _on_end(loop: asyncio.AbstractEventLoop, ending: asyncio.Event) -> None:
    def chain(number: int) -> None:
        before = signal.getsignal(number)

        def handle(signum: int, frame: object) -> None:
            loop.call_soon_threadsafe(ending.set)
            if callable(before):
                before(signum, frame)

        signal.signal(number, handle)

    for number in (signal.SIGTERM, signal.SIGINT):
        chain(number)


@router.get("/events")
async def events(request: Request, harbour: str = "saltmarsh") -> StreamingResponse:
    """`tide` events: `{"at", "height", "rising"}`, two a second, until either side has enough."""
    if harbour not in HARBOURS:
        raise HTTPException(404, f"no harbour {harbour!r}; /api/harbours lists them")
    stream = _stream(HARBOURS[harbour], request.app.state.ending)
    headers = {"Cache-Control": "no-store"}
    return StreamingResponse(stream, media_type="text/event-stream", headers=headers)


async def _stream(harbour: Harbour, ending: asyncio.Event) -> AsyncIterator[str]:
    yield "retry: 1000\n\n"
    start, number = time.time(), 0
    while not ending.is_set():
        at = start + number * TICK_SECONDS * HASTE
        moment = datetime.fromtimestamp(at, timezone.utc).isoformat(timespec="seconds")
        data = {"at": moment, "height": harbour.height(at), "rising": harbour.rising(at)}
        yield f"id: {number}\nevent: tide\ndata: {json.dumps(data)}\n\n"
        number += 1
        try:
            await asyncio.wait_for(ending.wait(), TICK_SECONDS)
        except (TimeoutError, asyncio.TimeoutError):
            pass


@router.websocket("/ws")
async def echo(socket: WebSocket) -> None:
    """Sends back what it is sent, text as text and bytes as bytes."""
    await socket.accept()
    try:
        while True:
            message = await socket.receive()
            if message["type"] == "websocket.disconnect":
                return
            if message.get("text") is not None:
                await socket.send_text(message["text"])
            else:
                await socket.send_bytes(message["bytes"])
    except WebSocketDisconnect:
        return
