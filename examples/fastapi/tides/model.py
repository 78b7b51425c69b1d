"""What the API says, in metres above chart datum and in UTC."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel


class HarbourSummary(BaseModel):
    id: str
    name: str
    mean: float


class Extreme(BaseModel):
    kind: Literal["high", "low"]
    at: datetime
    height: float


class Tide(BaseModel):
    harbour: str
    at: datetime
    height: float
    rising: bool
    next: list[Extreme]


class Curve(BaseModel):
    harbour: str
    start: datetime
    step_seconds: int
    heights: list[float]
