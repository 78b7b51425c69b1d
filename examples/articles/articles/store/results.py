"""What came of quizzes. A result is found by a key that cannot be guessed."""

from __future__ import annotations

import json
import secrets
import time
from dataclasses import dataclass

from articles.store.base import Database


@dataclass(frozen=True)
class Result:
    answers: list[int]
    score: int


@dataclass(frozen=True)
class Standing:
    """How many attempts there were, and how many of them scored less."""

    attempts: int
    below: int


class Results:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, quiz: str, answers: list[int], score: int) -> str:
        key = secrets.token_urlsafe(9)
        self._database.query(
            "INSERT INTO results (key, quiz, answers, score, taken) VALUES (?, ?, ?, ?, ?)",
            key,
            quiz,
            json.dumps(answers),
            score,
            int(time.time()),
        )
        return key

    def get(self, quiz: str, key: str) -> Result | None:
        rows = self._database.query(
            "SELECT answers, score FROM results WHERE quiz = ? AND key = ?", quiz, key
        )
        return Result(json.loads(rows[0][0]), rows[0][1]) if rows else None

    def standing(self, quiz: str, score: int) -> Standing:
        rows = self._database.query(
            "SELECT count(*), count(CASE WHEN score < ? THEN 1 END) FROM results WHERE quiz = ?",
            score,
            quiz,
        )
        return Standing(*rows[0])

    def attempts(self) -> dict[str, int]:
        return dict(self._database.query("SELECT quiz, count(*) FROM results GROUP BY quiz"))
