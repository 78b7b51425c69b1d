"""What the two databases have in common, as far as this site needs it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Protocol

Ask = Callable[..., list[tuple]]


class Unavailable(Exception):
    """A store did not do what was asked, and says why. Nothing was changed."""


class Database(Protocol):
    """One connection a thread. Each call is a transaction of its own; `?` marks a parameter."""

    identity: str
    """The column type of a key that the database counts up."""

    def query(self, sql: str, *parameters: Any) -> list[tuple]:
        """The rows of a statement, none for one without rows. Raises Unavailable."""
        ...

    def exclusive(self) -> AbstractContextManager[Ask]:
        """A transaction that only one of all processes is in at a time, and how to ask in it."""
        ...
