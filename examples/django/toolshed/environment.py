"""What the settings take from the environment."""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit


def database(url: str, data: Path) -> dict[str, Any]:
    """`postgresql://user:password@host:port/name?option=value`, or SQLite where there is no URL."""
    if not url:
        return sqlite(data / "db.sqlite3")
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return sqlite(Path(unquote(parts.path)))
    if parts.scheme not in ("postgres", "postgresql"):
        raise ValueError("DATABASE_URL must begin with postgresql:// or sqlite://")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "OPTIONS": dict(parse_qsl(parts.query)),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


def sqlite(path: Path) -> dict[str, Any]:
    """Several replicas can share it: readers beside one writer, writers wait for each other."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL",
        },
    }


def secret_key(data: Path) -> str:
    """`SECRET_KEY`, or one made the first time and kept: all replicas must have the same."""
    given = os.environ.get("SECRET_KEY")
    if given:
        return given
    kept = data / "secret_key"
    if not kept.exists():
        data.mkdir(parents=True, exist_ok=True)
        # Written aside and linked: of several that start at once one wins, and none reads a half.
        with tempfile.NamedTemporaryFile("w", dir=data) as made:
            made.write(secrets.token_urlsafe(48))
            made.flush()
            try:
                os.link(made.name, kept)
            except FileExistsError:
                pass
    return kept.read_text()
