"""Text of config/feeds.yaml + a change to its feeds → the same text but for that change.

The places come from the parser that reads the file (PyYAML's marks), and the text between them stays as it is: a
person's comments, order, quoting and layout. Writing a file anew from its data loses some of that, also with
ruamel.yaml (docs/decisions.md says which). All functions are pure.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

import yaml

Row = Mapping[str, str | bool]

NEW_FILE = """\
# What monitor watches, and how. `monitor feeds add URL` adds to it, and so can you; every other setting is at
# its default, and config/feeds.yaml of the project shows them all.

feeds:
"""
_PLAIN_WORDS = re.compile(r"[^\W\d_]+(?: [^\W\d_]+)+")  # what YAML takes for anything but text is one word
_ORDER = ("lang", "name", "url", "folder", "paused")  # of the keys where no row shows another


def add_rows(text: str, root: yaml.Node | None, rows: Sequence[Row]) -> str:
    """Add rows behind the last one, written as that one is. root: of the text; None: there is no file yet."""
    end = _line_end(text)
    if root is None:
        return NEW_FILE + "".join(f"  - {_flow(row)}\n" for row in rows)
    feeds = _feeds(root)
    if feeds is None:
        lines = ["feeds:", *(f"  - {_flow(row)}" for row in rows)]
        return _whole_lines(text, end) + end + "".join(line + end for line in lines)
    items = _items(root)
    if not isinstance(feeds, yaml.SequenceNode) or not items:
        return _fill_empty(text, feeds, [f"  - {_flow(row)}" for row in rows], end)
    if feeds.flow_style:
        return _add_to_flow_list(text, items[-1], rows, end)
    dash = feeds.start_mark.column
    lines = [line for row in rows for line in _block_lines(row, like=items[-1], dash=dash)]
    return _insert_lines(text, _end(text, items[-1]), lines, end)


def pause_row(text: str, root: yaml.Node, index: int, *, paused: bool) -> str:
    """Set the key `paused` of a row, or take it away. index: of the row, from 0."""
    row = _items(root)[index]
    pairs = row.value
    at = next((n for n, (key, _) in enumerate(pairs) if key.value == "paused"), None)
    if at is not None and paused:
        value = pairs[at][1]
        return text[: value.start_mark.index] + "true" + text[value.end_mark.index :]
    if at is not None:
        return _without_pair(text, row, at)
    if not paused:
        return text
    end = _end(text, pairs[-1][1])
    if row.flow_style:
        return f"{text[:end]}, paused: true{text[end:]}"
    return _insert_lines(text, end, [" " * row.start_mark.column + "paused: true"], _line_end(text))


def remove_row(text: str, root: yaml.Node, index: int) -> str:
    """Take one of several rows away, with what stands behind it on its line; comments above it stay."""
    feeds, items = _feeds(root), _items(root)
    if isinstance(feeds, yaml.SequenceNode) and feeds.flow_style:
        return _without_item(text, items[index], before=items[:index], behind=items[index + 1 :])
    start = text.rfind("-", 0, items[index].start_mark.index)
    return text[: text.rfind("\n", 0, start) + 1] + text[_next_line(text, _end(text, items[index])) :]


def _feeds(root: yaml.Node) -> yaml.Node | None:
    pairs = root.value if isinstance(root, yaml.MappingNode) else []
    return next((value for key, value in pairs if key.value == "feeds"), None)


def _items(root: yaml.Node) -> list[yaml.MappingNode]:
    feeds = _feeds(root)
    return list(feeds.value) if isinstance(feeds, yaml.SequenceNode) else []


def _line_end(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _whole_lines(text: str, end: str) -> str:
    return text if not text or text.endswith("\n") else text + end


def _next_line(text: str, position: int) -> int:
    found = text.find("\n", position)
    return len(text) if found < 0 else found + 1


def _end(text: str, node: yaml.Node) -> int:
    """Find where a node's own last sign ends; to YAML, a block goes on to the next thing, comments included."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end(text, last[1] if isinstance(last, tuple) else last)
    start, end = node.start_mark.index, node.end_mark.index
    return start + len(text[start:end].rstrip())


def _insert_lines(text: str, position: int, lines: Sequence[str], end: str) -> str:
    """Insert lines behind the line of a position."""
    text = _whole_lines(text, end)
    at = _next_line(text, position)
    return text[:at] + "".join(line + end for line in lines) + text[at:]


def _fill_empty(text: str, feeds: yaml.Node, lines: Sequence[str], end: str) -> str:
    """Put rows where `feeds: []` stands."""
    start = feeds.start_mark.index
    kept = text[:start].rstrip(" ") + text[feeds.end_mark.index :]
    return _insert_lines(kept, len(text[:start].rstrip(" ")), lines, end)


def _add_to_flow_list(text: str, last: yaml.MappingNode, rows: Sequence[Row], end: str) -> str:
    before = text[text.rfind("\n", 0, last.start_mark.index) + 1 : last.start_mark.index]
    gap = f",{end}{before}" if not before.strip() else ", "
    at = _end(text, last)
    return text[:at] + "".join(gap + _flow(row, _order(last)) for row in rows) + text[at:]


def _without_pair(text: str, row: yaml.MappingNode, at: int) -> str:
    key, value = row.value[at]
    if at == 0:
        return text[: key.start_mark.index] + text[row.value[1][0].start_mark.index :]
    if row.flow_style:
        return text[: _end(text, row.value[at - 1][1])] + text[_end(text, value) :]
    start = text.rfind("\n", 0, key.start_mark.index) + 1
    return text[:start] + text[_next_line(text, _end(text, value)) :]


def _without_item(text: str, item: yaml.Node, *, before: Sequence[yaml.Node], behind: Sequence[yaml.Node]) -> str:
    if before:
        return text[: _end(text, before[-1])] + text[_end(text, item) :]
    return text[: item.start_mark.index] + text[behind[0].start_mark.index :]


def _block_lines(row: Row, *, like: yaml.MappingNode, dash: int) -> list[str]:
    """Write a row of a block list as another row of it is written. dash: the column of the dashes."""
    gap = " " * (like.start_mark.column - dash - 1)
    lead = f"{' ' * dash}-{gap}"
    order = _order(like)
    if like.flow_style:
        return [lead + _flow(row, order)]
    first, *more = [f"{key}: {_scalar(key, row[key])}" for key in _keys(row, order)]
    return [lead + first, *(" " * len(lead) + line for line in more)]


def _order(like: yaml.MappingNode) -> list[str]:
    return [key.value for key, _ in like.value]


def _flow(row: Row, order: Sequence[str] = ()) -> str:
    return "{" + ", ".join(f"{key}: {_scalar(key, row[key])}" for key in _keys(row, order)) + "}"


def _keys(row: Row, order: Sequence[str]) -> list[str]:
    known = [*order, *_ORDER]
    return sorted(row, key=lambda key: known.index(key) if key in known else len(known))


def _scalar(key: str, value: str | bool) -> str:
    """Write a value plain where it reads back as itself, in quotes elsewhere; addresses always in quotes."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if key != "url" and _reads_back(value):
        return value
    return json.dumps(value, ensure_ascii=not value.isprintable())


def _reads_back(value: str) -> bool:
    if _PLAIN_WORDS.fullmatch(value):
        return True
    if not value.isprintable() or not re.match(r"\w", value):
        return False
    try:
        read = [yaml.safe_load(text) for text in (f"{{a: {value}, b: 1}}", f"a: {value}\nb: 1")]
    except (yaml.YAMLError, ValueError):
        return False
    return read == [{"a": value, "b": 1}] * 2
