"""A database → query pages: Datasette, opened for reading only, with the project's titles and questions."""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import yaml

from monitor.errors import ConfigError, MonitorError
from monitor.store import open_readonly
from monitor.store.schema import Table, tables

METADATA = Path(__file__).parents[2] / "db" / "metadata.yaml"
NAMED = "monitor"  # what the metadata calls the database, whatever its file is called

Metadata = dict[str, Any]  # Any: a tree of YAML that Datasette reads, in its own words

SETTINGS: Mapping[str, int | bool] = {
    "sql_time_limit_ms": 5000,  # the slowest question at 100,000 findings takes about a second
    "facet_time_limit_ms": 1000,
    "suggest_facets": False,  # the metadata names those that help
    "default_page_size": 50,
    "max_returned_rows": 2000,
    "num_sql_threads": 2,
    "allow_download": False,  # a copy of a database that is being written is no good copy
    "default_cache_ttl": 0,  # news: a page shows what the database holds now
    "truncate_cells_html": 600,
}


def read_metadata(path: Path = METADATA) -> Metadata:
    """Read titles, facets and canned queries. Raises ConfigError if the file is missing or no YAML mapping."""
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}). Run monitor from its checkout.") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not YAML: {' '.join(str(error).split())}.") from None
    if not isinstance(found, dict) or NAMED not in (found.get("databases") or {}):
        raise ConfigError(f"{path}: expected the key databases with {NAMED} in it.")
    return found


def with_meanings(metadata: Metadata, described: tuple[Table, ...], *, name: str) -> Metadata:
    """Add what each table and column means, and file the whole under the database's name.

    name: the file's name without its ending, as Datasette calls the database.
    """
    database = metadata["databases"][NAMED]
    found = dict(database.get("tables") or {})
    for table in described:
        written = found.get(table.name, {})
        columns = {column.name: column.comment for column in table.columns if column.comment}
        found[table.name] = (
            {"description": _sentence(table.comment)} | written | {"columns": columns | written.get("columns", {})}
        )
    queries = {key: {"hide_sql": True} | query for key, query in (database.get("queries") or {}).items()}
    return metadata | {"databases": {name: database | {"tables": found, "queries": queries}}}


def _sentence(comment: str) -> str:
    return f"{comment}." if comment else ""


def serve(db: Path, *, host: str, port: int, announce: Callable[[str], None]) -> None:
    """Show the database until the process is told to end; nothing can be changed through the pages.

    port: 0 takes any free one. announce: is told the address once it is taken.
    Raises StoreError if the database cannot be read, ConfigError if the metadata cannot, MonitorError if
    the address cannot be had.
    """
    metadata = read_metadata()
    with open_readonly(db) as store:
        metadata = with_meanings(metadata, tables(store), name=db.stem)
    if set("?#%") & set(str(db.absolute())):
        raise MonitorError(f"{db}: Datasette cannot open a path with ?, # or % in it. Rename it.")
    with _listen(host, port) as listener:
        announce(f"http://{_in_url(host)}:{listener.getsockname()[1]}/")
        _run(db.absolute(), metadata, listener)


def _listen(host: str, port: int) -> socket.socket:
    """Take the address before anything is loaded, so that trouble with it is one clear line."""
    if not 0 <= port <= 65535:
        raise MonitorError(f"port {port}: expected a number up to 65535; 0 takes any free one.")
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family)
    except OSError as error:
        why = (error.strerror or str(error)).split(" (")[0]
        raise MonitorError(
            f"{host}:{port}: cannot be used ({why}). Choose another with --host and --port."
        ) from None


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _run(db: Path, metadata: Metadata, listener: socket.socket) -> None:
    # Datasette takes half a second to load: only whoever looks at pages pays for it.
    import uvicorn  # noqa: PLC0415
    from datasette.app import Datasette  # noqa: PLC0415

    # With rich installed, Datasette 0.65 prints every refused query with all its variables to stdout, and
    # answers a page that does not exist with 500: rich has no exception to print there.
    vars(import_module("datasette.handle_exception"))["rich"] = None
    pages = Datasette([str(db)], metadata=metadata, settings=dict(SETTINGS))
    config = uvicorn.Config(pages.app(), log_level="warning", lifespan="on", workers=1)
    uvicorn.Server(config).run(sockets=[listener])
