"""The essays: Markdown files with a few `key: value` lines above the text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import markdown
from markdown.extensions.tables import TableExtension

WORDS_A_MINUTE = 220


@dataclass(frozen=True)
class Article:
    """One essay. `html` is ours, rendered from the repository, and so needs no escaping."""

    slug: str
    title: str
    standfirst: str
    topic: str
    published: date
    art: str
    alt: str
    html: str
    minutes: int


class Library:
    """All essays, newest first."""

    def __init__(self, articles: list[Article]) -> None:
        self.articles = sorted(articles, key=lambda article: article.published, reverse=True)
        self._by_slug = {article.slug: article for article in articles}

    def get(self, slug: str) -> Article | None:
        return self._by_slug.get(slug)

    def after(self, article: Article, many: int) -> list[Article]:
        """The next `many` to read, going around at the end."""
        at = self.articles.index(article)
        return (self.articles[at + 1 :] + self.articles[:at])[:many]


def load(folder: Path) -> Library:
    return Library([_read(path) for path in sorted(folder.glob("*.md"))])


def _read(path: Path) -> Article:
    head, _, body = path.read_text(encoding="utf-8").partition("\n\n")
    tables = TableExtension(use_align_attribute=True)  # the content policy forbids style="…"
    said = dict(line.split(": ", 1) for line in head.splitlines())
    return Article(
        slug=path.stem,
        title=said["title"],
        standfirst=said["standfirst"],
        topic=said["topic"],
        published=date.fromisoformat(said["published"]),
        art=f"art/{path.stem}.svg",
        alt=said["alt"],
        html=markdown.markdown(body, extensions=["fenced_code", "smarty", tables]),
        minutes=max(1, round(len(body.split()) / WORDS_A_MINUTE)),
    )
