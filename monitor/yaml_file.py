"""A path → YAML with its lines: read a file that a person wrote, and refuse what YAML allows and nobody means."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import yaml

from monitor.errors import ConfigError

MAX_FILE_BYTES = 5_000_000  # a config of 50,000 feeds is 4 MB; more is a mistake (a database named as the config)


class _Loader(yaml.SafeLoader):
    """Plain YAML, but for dates: they stay text, for a date that does not exist would be told without its line."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - PyYAML looks for the table here; nothing changes it
        first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def load_yaml(path: Path, hint: str) -> tuple[object, yaml.Node]:
    """Read a file as data and as nodes, which know their lines. hint: what to do where there is none.

    Raises ConfigError that names the line, if there is one.
    """
    return parse_yaml(read_text(path, hint), path, hint)


def parse_yaml(text: str, path: Path, hint: str) -> tuple[object, yaml.Node]:
    """Read the text of a file as load_yaml does. path: named in the errors."""
    # Not the loader in C: a hundred thousand open brackets crash it, and the process with it.
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
        if node is None:
            raise ConfigError(f"{path}: nothing stands in it. {hint}")
        _refuse_odd_keys(path, node, seen=set())
        return loader.construct_document(node), node
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        problem = on_one_line(" ".join(filter(None, (error.context, error.problem))))
        raise ConfigError(f"{path}{where}: not YAML: {problem}. Mend that line.") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        reason = on_one_line(" ".join(str(error).split()) or type(error).__name__)
        raise ConfigError(f"{path}: not YAML: {reason}.") from None


def read_text(path: Path, hint: str) -> str:
    """Return the text of a file that a person wrote. Raises ConfigError for what is none, or is too large."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
        if len(content) > MAX_FILE_BYTES:
            raise ConfigError(f"{path}: larger than {MAX_FILE_BYTES:,} bytes; is this the right file?")
        return content.decode("utf-8-sig")
    except FileNotFoundError:
        raise ConfigError(f"{path}: no such file. {hint}") from None
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not UTF-8 text (byte {error.start}); save it as UTF-8.") from None
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}).") from None


def _refuse_odd_keys(path: Path, node: yaml.Node, *, seen: set[int]) -> None:
    """Refuse what YAML allows and nobody means: keys given twice, keys that are no words, parts used twice.

    The last of two equal keys would win in silence; parts that refer to parts can grow without bound.
    """
    where = f"{path}, line {node.start_mark.line + 1}"
    if id(node) in seen:
        raise ConfigError(f"{where}: this part is used again further down (&, *); write it out there instead.")
    seen.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _refuse_odd_keys(path, item, seen=seen)
    elif isinstance(node, yaml.MappingNode):
        keys: set[str] = set()
        for key, value in node.value:
            where = f"{path}, line {key.start_mark.line + 1}"
            if not isinstance(key, yaml.ScalarNode):
                raise ConfigError(f"{where}: expected a word as the key; quote what starts with {{ or [.")
            if not key.tag.endswith(":str"):
                raise ConfigError(f"{where}: {on_one_line(key.value)}: expected a word as the key.")
            if key.value in keys:
                raise ConfigError(f"{where}: {on_one_line(key.value)}: given twice; keep one.")
            keys.add(key.value)
            _refuse_odd_keys(path, value, seen=seen)


def find_node(node: yaml.Node, location: Sequence[int | str]) -> tuple[int | None, yaml.Node | None]:
    """Find the line, from 1, of the deepest node on the way to location, and the node if the way ends there."""
    line = None
    for part in location:
        if isinstance(node, yaml.MappingNode):
            found = next(((k, v) for k, v in node.value if k.value == part), None)
            if found is None:
                return line, None
            line, node = found[0].start_mark.line + 1, found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int):
            node = node.value[part]
            line = node.start_mark.line + 1
    return line, node


def on_one_line(text: str) -> str:
    """Show foreign text on one line, without commands to the terminal."""
    return text if text.isprintable() else repr(text)
