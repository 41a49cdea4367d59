"""Records ⇄ SQLite: every SQL statement of the project lives in this package."""

from monitor.store.database import Store, open_readonly, open_store

__all__ = ["Store", "open_readonly", "open_store"]
