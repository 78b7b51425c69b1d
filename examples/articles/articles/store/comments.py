"""Comments, oldest first."""

from __future__ import annotations

import time
from dataclasses import dataclass

from articles.store.base import Database

# A page shows this many, the newest: one busy essay must not make a page of megabytes.
SHOWN = 100


@dataclass(frozen=True)
class Comment:
    id: int
    name: str
    body: str
    written: int


class Comments:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, slug: str, name: str, body: str) -> None:
        self._database.query(
            "INSERT INTO comments (slug, name, body, written) VALUES (?, ?, ?, ?)",
            slug,
            name,
            body,
            int(time.time()),
        )

    def of(self, slug: str) -> list[Comment]:
        rows = self._database.query(
            "SELECT id, name, body, written FROM comments WHERE slug = ? ORDER BY id DESC LIMIT ?",
            slug,
            SHOWN,
        )
        return [Comment(*row) for row in reversed(rows)]

    def newest(self) -> int:
        """The key of the newest comment, 0 where there is none."""
        return self._database.query("SELECT coalesce(max(id), 0) FROM comments")[0][0]
