"""Where readers' marks are kept: comments, quiz results, views and hearts.

`DATABASE_URL` names a PostgreSQL database; without it SQLite is used, in the folder
`$UNDERCLOUD_DATA` that the platform keeps from release to release, else in `./data`.
`REDIS_URL` names a Redis for the counters; without it they are kept in the database.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import structlog

from articles.store.base import Database, Unavailable
from articles.store.comments import Comments
from articles.store.counters import Backend, Counters, TableCounters
from articles.store.results import Results

__all__ = ["Database", "Store", "Unavailable", "open_database", "open_store"]


@dataclass(frozen=True)
class Store:
    database: Database
    comments: Comments
    results: Results
    counters: Counters

    def check(self) -> dict[str, str]:
        """`ok` or `unavailable` for each part; why is for the log alone. Never raises."""
        return {
            "database": _try("database", self.comments.newest),
            "counters": _try("counters", self.counters.probe),
        }


def _try(part: str, probe: Callable[[], object]) -> str:
    try:
        probe()
        return "ok"
    except Unavailable as error:
        structlog.get_logger().error("check_failed", part=part, error=str(error))
        return "unavailable"


def open_store(environment: Mapping[str, str]) -> Store:
    """Connects to nothing yet: each thread connects when it first needs to."""
    database = open_database(environment)
    counters = Counters(_counters(environment, database))
    return Store(database, Comments(database), Results(database), counters)


def open_database(environment: Mapping[str, str]) -> Database:
    url = environment.get("DATABASE_URL", "")
    if url.startswith(("postgres://", "postgresql://")):
        from articles.store.postgres import Postgres

        return Postgres(url)
    if url:
        raise SystemExit("DATABASE_URL must begin with postgresql:// (or be absent: SQLite then)")
    from articles.store.sqlite import Sqlite

    return Sqlite(Path(environment.get("UNDERCLOUD_DATA") or "data") / "waterline.sqlite3")


def _counters(environment: Mapping[str, str], database: Database) -> Backend:
    url = environment.get("REDIS_URL", "")
    if not url:
        return TableCounters(database)
    from articles.store.redis_counters import RedisCounters

    return RedisCounters(url)
