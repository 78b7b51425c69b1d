"""The tables, as steps that only ever get longer."""

from __future__ import annotations

from articles.store.base import Database

STEPS: list[list[str]] = [
    [
        """CREATE TABLE comments (
            id {identity},
            slug TEXT NOT NULL,
            name TEXT NOT NULL,
            body TEXT NOT NULL,
            written BIGINT NOT NULL
        )""",
        "CREATE INDEX comments_by_slug ON comments (slug, id)",
        """CREATE TABLE counters (
            slug TEXT NOT NULL,
            kind TEXT NOT NULL,
            value BIGINT NOT NULL,
            PRIMARY KEY (slug, kind)
        )""",
    ],
    [
        """CREATE TABLE results (
            key TEXT PRIMARY KEY,
            quiz TEXT NOT NULL,
            answers TEXT NOT NULL,
            score BIGINT NOT NULL,
            taken BIGINT NOT NULL
        )""",
        "CREATE INDEX results_by_quiz ON results (quiz, score)",
    ],
]


def migrate(database: Database) -> tuple[int, int]:
    """Takes the steps not yet taken, all or none, and returns the version before and after.

    Any number of processes may call this at once: one does the work, the others find it done.
    """
    with database.exclusive() as ask:
        ask("CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL)")
        rows = ask("SELECT version FROM schema_version")
        before = rows[0][0] if rows else 0
        if not rows:
            ask("INSERT INTO schema_version (version) VALUES (0)")
        for step in STEPS[before:]:
            for statement in step:
                ask(statement.replace("{identity}", database.identity))
        if before < len(STEPS):
            ask("UPDATE schema_version SET version = ?", len(STEPS))
    return before, max(before, len(STEPS))
