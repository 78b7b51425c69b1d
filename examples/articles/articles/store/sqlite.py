"""SQLite for several replicas with several threads each, all on one machine."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from articles.store import schema
from articles.store.base import Ask, Unavailable

# How long a writer waits for the one before it. Writes here take well under a millisecond.
PATIENCE_SECONDS = 10.0


class Sqlite:
    """Readers never wait for the writer (WAL); writers wait for each other (busy timeout).

    synchronous=NORMAL: a killed process loses nothing; a power cut may lose the last moments of
    hearts and comments, and never leaves the file damaged.
    """

    identity = "INTEGER PRIMARY KEY AUTOINCREMENT"

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        self._first = threading.Lock()
        self._migrated = False

    def query(self, sql: str, *parameters: Any) -> list[tuple]:
        try:
            return self._connection().execute(sql, parameters).fetchall()
        except sqlite3.Error as error:
            raise Unavailable(f"{self.path}: {error}") from error

    @contextmanager
    def exclusive(self) -> Iterator[Ask]:
        try:
            connection = self._open()
            connection.execute("BEGIN IMMEDIATE")  # takes the write lock before anything is read
            with connection:  # commits, or rolls back what raised
                yield lambda sql, *parameters: connection.execute(sql, parameters).fetchall()
        except sqlite3.Error as error:
            raise Unavailable(f"{self.path}: {error}") from error

    def _connection(self) -> sqlite3.Connection:
        """A file needs no administrator, so it is also brought up to date by whoever opens it."""
        if not self._migrated:
            with self._first:
                schema.migrate(self)
                self._migrated = True
        return self._open()

    def _open(self) -> sqlite3.Connection:
        connection = getattr(self._local, "connection", None)
        if connection is None:
            try:
                self.path.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise Unavailable(f"{self.path.parent}: {error.strerror}") from error
            connection = sqlite3.connect(self.path, PATIENCE_SECONDS, isolation_level=None)
            connection.execute("PRAGMA synchronous = NORMAL")
            _write_ahead(connection)
            self._local.connection = connection
        return connection


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Only the very first change to WAL needs the file alone, and SQLite does not wait for that."""
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(0.02)
