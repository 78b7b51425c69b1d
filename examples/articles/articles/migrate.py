"""`python -m articles.migrate` brings the database up to date; run it as often as you like."""

from __future__ import annotations

import os
import sys
import time

from articles.store import Unavailable, open_database
from articles.store.schema import migrate

# A database that is started together with us may need a moment before it answers.
PATIENCE_SECONDS = 30


def main() -> int:
    database = open_database(os.environ)
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            before, after = migrate(database)
            told = "already current" if before == after else f"from version {before}"
            print(f"schema at version {after}, {told}")
            return 0
        except Unavailable as error:
            if time.monotonic() > until:
                print(f"cannot migrate: {error}", file=sys.stderr)
                return 1
            time.sleep(1)


if __name__ == "__main__":
    sys.exit(main())
