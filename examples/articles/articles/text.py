"""How numbers and moments are written on the page."""

from __future__ import annotations

from datetime import date, datetime, timezone


def count(number: int | None) -> str:
    """1234 as 1,234; an unknown number as a dash."""
    return "–" if number is None else f"{number:,}"


def day(when: date) -> str:
    return f"{when.day} {when:%B %Y}"


def moment(seconds: int) -> str:
    """Seconds since 1970 as a day and an hour in UTC."""
    when = datetime.fromtimestamp(seconds, timezone.utc)
    return f"{when.day} {when:%B %Y, %H:%M} UTC"


def clean(typed: str) -> str:
    """What a browser sent as the person meant it.

    Browsers send each line end of a text area as CR LF; counted as two characters, a comment of
    4,000 would be refused for its line ends. Control characters go: no database column takes a
    NUL, and no reader wants the others.
    """
    lines = typed.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in lines if c in "\n\t" or c.isprintable() or c > "\x9f").strip()
