"""Quizzes: JSON files of questions with one right answer each, and how answers are scored."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Question:
    text: str
    options: tuple[str, ...]
    answer: int
    why: str

    def __post_init__(self) -> None:
        if not 0 <= self.answer < len(self.options):
            raise ValueError(f"no option {self.answer} in: {self.text}")


@dataclass(frozen=True)
class Quiz:
    slug: str
    title: str
    intro: str
    order: int
    questions: tuple[Question, ...]

    def score(self, chosen: list[int]) -> int:
        return sum(q.answer == c for q, c in zip(self.questions, chosen, strict=True))

    def read(self, form: dict[str, str]) -> list[int | None]:
        """What was chosen for each question, fields `q0`, `q1`, …; None for nothing valid."""
        return [self._choice(form.get(f"q{n}", ""), n) for n in range(len(self.questions))]

    def _choice(self, value: str, number: int) -> int | None:
        valid = {str(n): n for n in range(len(self.questions[number].options))}
        return valid.get(value)


def load(folder: Path) -> dict[str, Quiz]:
    found = sorted((_read(path) for path in folder.glob("*.json")), key=lambda quiz: quiz.order)
    return {quiz.slug: quiz for quiz in found}


def _read(path: Path) -> Quiz:
    said = json.loads(path.read_text(encoding="utf-8"))
    questions = tuple(
        Question(q["text"], tuple(q["options"]), q["answer"], q["why"]) for q in said["questions"]
    )
    return Quiz(path.stem, said["title"], said["intro"], said["order"], questions)
