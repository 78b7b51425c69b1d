"""Views and hearts in two Redis hashes, counted up without reading first."""

from __future__ import annotations

import redis

from articles.store.base import Unavailable

# Counters are an ornament of the page: it waits no longer than this for them.
PATIENCE_SECONDS = 0.5


class RedisCounters:
    def __init__(self, url: str) -> None:
        self._redis = redis.Redis.from_url(
            url,
            decode_responses=True,
            socket_connect_timeout=PATIENCE_SECONDS,
            socket_timeout=PATIENCE_SECONDS,
        )

    def add(self, kind: str, slug: str) -> None:
        try:
            self._redis.hincrby(f"waterline:{kind}", slug, 1)
        except redis.RedisError as error:
            raise Unavailable(f"Redis: {error}") from error

    def read(self, kind: str) -> dict[str, int]:
        try:
            found = self._redis.hgetall(f"waterline:{kind}")
            return {slug: int(value) for slug, value in found.items()}
        except redis.RedisError as error:
            raise Unavailable(f"Redis: {error}") from error
