"""PostgreSQL by psycopg 3."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from articles.store.base import Ask, Unavailable

# Any number will do, as long as nobody else locks the same one in this database.
MIGRATION_LOCK = 0x7761_7465_726C
CONNECT_SECONDS = 5


class Postgres:
    """Each statement commits by itself, which is why a thread can keep its connection."""

    identity = "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"

    def __init__(self, url: str) -> None:
        self._url = url
        self._local = threading.local()

    def query(self, sql: str, *parameters: Any) -> list[tuple]:
        try:
            try:
                return self._run(sql, parameters)
            except psycopg.OperationalError:
                # A server that was restarted has cut the connections we kept. What only reads is
                # worth a second try; of a write nobody knows whether it was done.
                if not sql.startswith("SELECT"):
                    raise
                return self._run(sql, parameters)
        except psycopg.Error as error:
            raise Unavailable(f"PostgreSQL: {error}") from error

    def _run(self, sql: str, parameters: tuple) -> list[tuple]:
        cursor = self._connection().execute(sql.replace("?", "%s"), parameters)
        return cursor.fetchall() if cursor.description else []

    @contextmanager
    def exclusive(self) -> Iterator[Ask]:
        try:
            with self._connection().transaction():
                self._run("SELECT pg_advisory_xact_lock(?)", (MIGRATION_LOCK,))
                yield lambda sql, *parameters: self._run(sql, parameters)
        except psycopg.Error as error:
            raise Unavailable(f"PostgreSQL: {error}") from error

    def _connection(self) -> psycopg.Connection:
        connection = getattr(self._local, "connection", None)
        if connection is None or connection.closed:
            connection = psycopg.connect(
                self._url, autocommit=True, connect_timeout=CONNECT_SECONDS
            )
            self._local.connection = connection
        return connection
