"""Views and hearts: in the database here, in Redis next door."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import structlog

from articles.store.base import Database, Unavailable


@dataclass(frozen=True)
class Counts:
    """None where nobody knows just now."""

    views: int | None = None
    hearts: int | None = None


class Backend(Protocol):
    def add(self, kind: str, slug: str) -> None: ...

    def read(self, kind: str) -> dict[str, int]: ...


class TableCounters:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, kind: str, slug: str) -> None:
        self._database.query(
            "INSERT INTO counters (slug, kind, value) VALUES (?, ?, 1) "
            "ON CONFLICT (slug, kind) DO UPDATE SET value = counters.value + 1",
            slug,
            kind,
        )

    def read(self, kind: str) -> dict[str, int]:
        return dict(self._database.query("SELECT slug, value FROM counters WHERE kind = ?", kind))


class Counters:
    """A view that cannot be counted is no reason to withhold an essay; a heart must not be lost."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def view(self, slug: str) -> None:
        try:
            self._backend.add("views", slug)
        except Unavailable as error:
            structlog.get_logger().warning("view_not_counted", slug=slug, error=str(error))

    def heart(self, slug: str) -> None:
        """Raises Unavailable."""
        self._backend.add("hearts", slug)

    def of(self, slug: str) -> Counts:
        return self.everything().of(slug)

    def everything(self) -> Tally:
        try:
            return Tally(self._backend.read("views"), self._backend.read("hearts"))
        except Unavailable as error:
            structlog.get_logger().warning("counters_unavailable", error=str(error))
            return Tally(None, None)

    def probe(self) -> None:
        """Raises Unavailable."""
        self._backend.read("hearts")


class Tally:
    """The counts of all essays, read at one moment."""

    def __init__(self, views: dict[str, int] | None, hearts: dict[str, int] | None) -> None:
        self._views, self._hearts = views, hearts

    def of(self, slug: str) -> Counts:
        if self._views is None or self._hearts is None:
            return Counts()
        return Counts(self._views.get(slug, 0), self._hearts.get(slug, 0))
