"""Tides: `uvicorn main:app` serves it."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

from fastapi import FastAPI, HTTPException
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles
from starlette.responses import Response

from tides import live, logs
from tides.harbours import HARBOURS, Harbour
from tides.model import Curve, Extreme, HarbourSummary, Tide

STATIC = Path(__file__).parent / "tides" / "static"

# No /docs: that page would load its scripts from elsewhere. The schema is at /openapi.json.
app = FastAPI(title="Tides", docs_url=None, redoc_url=None, lifespan=live.lifespan)
app.add_middleware(logs.RequestLog)
app.include_router(live.router)
app.mount("/static", StaticFiles(directory=STATIC), name="static")


@app.get("/", include_in_schema=False)
async def page() -> Response:
    policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    headers = {
        "Content-Security-Policy": policy + "connect-src 'self'",
        "Cache-Control": "no-cache",
    }
    return FileResponse(STATIC / "index.html", headers=headers)


@app.get("/healthz")
async def healthz() -> dict[str, str]:
    return {"status": "ok"}


@app.get("/api/harbours")
async def harbours() -> list[HarbourSummary]:
    return [HarbourSummary(id=h.id, name=h.name, mean=h.mean) for h in HARBOURS.values()]


@app.get("/api/harbours/{harbour_id}/tide")
async def tide(harbour_id: str, at: datetime | None = None) -> Tide:
    """The height at a moment, and the high and low waters of the day that follows."""
    harbour, moment = _find(harbour_id), _utc(at)
    extremes = harbour.extremes(moment.timestamp(), hours=25)
    return Tide(
        harbour=harbour.id,
        at=moment,
        height=harbour.height(moment.timestamp()),
        rising=harbour.rising(moment.timestamp()),
        next=[Extreme(kind=kind, at=_moment(t), height=height) for kind, t, height in extremes],
    )


@app.get("/api/harbours/{harbour_id}/curve")
async def curve(harbour_id: str, at: datetime | None = None) -> Curve:
    """Heights every ten minutes, from six hours before a moment to nineteen after it."""
    harbour, start = _find(harbour_id), _utc(at).timestamp() - 6 * 3600
    heights = [harbour.height(start + n * 600) for n in range(25 * 6 + 1)]
    return Curve(harbour=harbour.id, start=_moment(start), step_seconds=600, heights=heights)


def _find(harbour_id: str) -> Harbour:
    harbour = HARBOURS.get(harbour_id)
    if harbour is None:
        raise HTTPException(404, f"no harbour {harbour_id!r}; /api/harbours lists them")
    return harbour


def _utc(at: datetime | None) -> datetime:
    if at is None:
        return datetime.now(timezone.utc)
    return at.astimezone(timezone.utc) if at.tzinfo else at.replace(tzinfo=timezone.utc)


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, timezone.utc)
