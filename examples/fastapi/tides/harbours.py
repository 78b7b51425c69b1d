"""The height of the sea as a sum of circles. The speeds are nature's; the harbours are invented."""

from __future__ import annotations

import math
from dataclasses import dataclass

# Degrees an hour of each constituent.
SPEEDS = {"M2": 28.9841, "S2": 30.0, "N2": 28.4397, "K1": 15.0411, "O1": 13.943, "M4": 57.9682}


@dataclass(frozen=True)
class Harbour:
    """`circles` holds, for each constituent, its size in metres and its phase in degrees."""

    id: str
    name: str
    mean: float
    circles: dict[str, tuple[float, float]]

    def height(self, seconds: float) -> float:
        """Metres above chart datum at a moment, in seconds since 1970."""
        hours = seconds / 3600
        parts = (
            size * math.cos(math.radians(SPEEDS[name] * hours - phase))
            for name, (size, phase) in self.circles.items()
        )
        return round(self.mean + sum(parts), 4)

    def rising(self, seconds: float) -> bool:
        return self.height(seconds + 60) > self.height(seconds - 60)

    def extremes(self, start: float, hours: int) -> list[tuple[str, float, float]]:
        """High and low waters (`high` or `low`, moment, height) in the hours after `start`."""
        found = []
        rising = self.rising(start)
        for minute in range(1, hours * 60):
            moment = start + minute * 60
            if self.rising(moment) != rising:
                found.append(("high" if rising else "low", moment, self.height(moment)))
                rising = not rising
        return found


HARBOURS = {
    harbour.id: harbour
    for harbour in (
        Harbour(
            "saltmarsh",
            "Saltmarsh Quay",
            3.4,
            {
                "M2": (2.1, 40),
                "S2": (0.72, 85),
                "N2": (0.4, 20),
                "K1": (0.1, 170),
                "M4": (0.18, 200),
            },
        ),
        Harbour(
            "narrows",
            "The Narrows",
            1.9,
            {
                "M2": (1.0, 210),
                "S2": (0.31, 250),
                "N2": (0.2, 190),
                "K1": (0.12, 60),
                "O1": (0.09, 10),
                "M4": (0.34, 95),
            },
        ),
        Harbour(
            "lantern",
            "Lantern Bay",
            1.2,
            {
                "M2": (0.28, 300),
                "S2": (0.1, 330),
                "K1": (0.46, 120),
                "O1": (0.33, 80),
            },
        ),
    )
}
