"""Quizzes: the list, one to take, and what came of it."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from articles.pages import store
from articles.quizzes import Quiz

blueprint = Blueprint("quizzes", __name__, url_prefix="/quizzes")


def find(slug: str) -> Quiz:
    quizzes: dict[str, Quiz] = current_app.extensions["quizzes"]
    return quizzes.get(slug) or abort(404)


@blueprint.get("")
def all_quizzes() -> str:
    quizzes: dict[str, Quiz] = current_app.extensions["quizzes"]
    return render_template(
        "quizzes.html", quizzes=quizzes.values(), attempts=store().results.attempts()
    )


@blueprint.get("/<slug>")
def quiz(slug: str) -> str:
    chosen = find(slug)
    return render_template("quiz.html", quiz=chosen, chosen=[None] * len(chosen.questions))


@blueprint.post("/<slug>")
def take(slug: str) -> Answer | tuple[str, int]:
    quiz = find(slug)
    chosen = quiz.read(request.form.to_dict())
    answers = [choice for choice in chosen if choice is not None]
    if len(answers) < len(chosen):
        missing = [n for n, choice in enumerate(chosen) if choice is None]
        return render_template("quiz.html", quiz=quiz, chosen=chosen, missing=missing), 422
    key = store().results.add(slug, answers, quiz.score(answers))
    return redirect(url_for("quizzes.result", slug=slug, key=key), 303)


@blueprint.get("/<slug>/results/<key>")
def result(slug: str, key: str) -> str:
    quiz = find(slug)
    found = store().results.get(slug, key) or abort(404)
    if len(found.answers) != len(quiz.questions):
        abort(404)  # the quiz has changed since: its old results mean nothing now
    return render_template(
        "result.html", quiz=quiz, result=found, standing=store().results.standing(slug, found.score)
    )
