"""Foreign text is shown, and commands nothing."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from monitor.report.printable import safe_json, safe_text, safe_url, wrap

anything = st.text(st.characters())  # with controls, overrides and lone surrogates
OVERRIDES = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
line_widths = st.integers(2, 60)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("The\x1b[31m wall\x1b[0m held", "The[31m wall[0m held"),
        ("\x9b2Jgone\x07", "2Jgone"),
        ("a\x00b\x7f", "ab"),
        (" one\r\n two\t three\u2028four ", "one two three four"),
        ("evil\u202egnp.exe", "evilgnp.exe"),
        ("\u2067a\u2069 \u202a b", "a b"),
        ("11\u00a0000 et 12\u202f000", "11\u00a0000 et 12\u202f000"),  # no-break spaces hold figures together
        ("می\u200cشود", "می\u200cشود"),  # a joiner that Persian needs
        ("שלום\u200f!", "שלום\u200f!"),
        ("broken \ud800 pair", "broken pair"),
    ],
)
def test_control_codes_and_overrides_go_and_letters_stay(text: str, shown: str) -> None:
    """A terminal obeys ESC; a reader is misled by a right-to-left override."""
    assert safe_text(text) == shown


@given(anything)
def test_safe_text_is_one_line_that_commands_nothing(text: str) -> None:
    """Whatever a page holds: no control, no override, nothing that cannot be encoded."""
    shown = safe_text(text)
    assert not [c for c in shown if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp")]
    assert not OVERRIDES & {unicodedata.bidirectional(c) for c in shown}
    assert safe_text(shown) == shown
    assert len(shown.splitlines()) <= 1


@given(st.text())
def test_safe_json_reads_back_the_same(text: str) -> None:
    """JSON for machines keeps every sign, and can still be looked at in a terminal."""
    body = safe_json(json.dumps({"said": text}, ensure_ascii=False, indent=1))
    assert json.loads(body) == {"said": text}
    assert not [c for c in body if unicodedata.category(c) == "Cc" and c != "\n"]


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://valley.example/a?b=c#d", True),
        ("http://127.0.0.1:8000/x", True),
        ("https://пример.example/правда", True),
        ("javascript:alert(1)", False),
        ("JaVaScRiPt://valley.example/%0aalert(1)", False),
        ("data:text/html,x", False),
        ("file:///etc/hostname", False),
        ("//valley.example/a", False),
        ("https:///a", False),
        ("https://[broken", False),
        ("https://valley.example/\x1b[31m", False),
        ("https://valley.example/a b", False),
        ("java\tscript:alert(1)", False),
        ("", False),
    ],
)
def test_only_addresses_on_the_web_become_links(url: str, safe: bool) -> None:
    """A link is the one thing in a digest that does something."""
    assert safe_url(url) == (url if safe else None)


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 10, []),
        ("the wall held", 8, ["the wall", "held"]),
        ("the wall held", 7, ["the", "wall", "held"]),
        ("unbreakable", 4, ["unbr", "eaka", "ble"]),
        ("堤防が壊れた。", 6, ["堤防が", "壊れ", "た。"]),  # no line begins with a full stop
        ("町「オーベラウ」", 6, ["町", "「オー", "ベラ", "ウ」"]),  # an opening mark stays with what it opens
        ("댐이 무너졌다", 8, ["댐이", "무너졌다"]),
        ("Pourquoi cela ?", 13, ["Pourquoi", "cela ?"]),
        ("dit « jamais » hier", 11, ["dit", "« jamais »", "hier"]),
        ("e\u0301e\u0301e\u0301", 2, ["e\u0301e\u0301", "e\u0301"]),  # accents stay on their letters
    ],
)
def test_lines_end_where_the_script_lets_them(text: str, width: int, lines: list[str]) -> None:
    """A digest quotes many scripts; each has its own places to break."""
    assert wrap(text, width) == lines


@given(anything.map(safe_text), line_widths)
def test_wrapping_loses_nothing_and_fits(text: str, width: int) -> None:
    """Wide signs take two cells; a line that is too long would be broken by the terminal, anywhere."""
    lines = wrap(text, width)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(cell_len(line) <= width for line in lines)
