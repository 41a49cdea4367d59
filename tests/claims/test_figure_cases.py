"""The table of figures in ten languages, as a journalist reads them: values, scope, and what changed."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from monitor.claims.figure_moves import FigureText, changed
from monitor.claims.quantities import figures
from monitor.records import Figure

FILES = {path.stem[-2:]: path for path in sorted((Path(__file__).parents[1] / "cases").glob("figures-*.yaml"))}
LANGS = ["de", "en", "es", "fr", "it", "ja", "ko", "pt", "ru", "uk"]
FLOOR = 0.9  # the share of each language's cases that must be read right

# As YAML gives it: a sentence with its figures, or two sentences with a relation.
Row = dict[str, Any]


def rows(lang: str, part: str) -> list[Row]:
    table: dict[str, list[Row]] = yaml.safe_load(FILES[lang].read_text(encoding="utf-8"))
    return table.get(part, [])


def is_read(figure: Figure, wanted: Row) -> bool:
    """Units and things are held against the table where it names them; the rest also where it is silent."""
    low, _, high = str(wanted["value"]).partition("..")
    return (
        figure.low == pytest.approx(float(low), rel=1e-3)
        and figure.high == pytest.approx(float(high or low), rel=1e-3)
        and figure.comparator == wanted.get("put", "exactly")
        and (figure.unit or "").lower() == str(wanted.get("unit", figure.unit or "")).lower()
        and figure.counted == wanted.get("counted", figure.counted)
        and (figure.scope.state, figure.scope.period) == (wanted.get("state"), wanted.get("period"))
        and figure.scope.place == wanted.get("place", figure.scope.place)
        and figure.scope.as_of == wanted.get("as_of")
    )


def misread(lang: str) -> list[Row]:
    wrong = []
    for row in rows(lang, "figures"):
        found = figures(row["text"], lang)
        pairs = zip(found, row["read"], strict=False)
        if len(found) != len(row["read"]) or not all(is_read(figure, wanted) for figure, wanted in pairs):
            wrong.append({"text": row["text"], "found": found})
    return wrong


def misjudged(lang: str) -> list[Row]:
    wrong = []
    for row in rows(lang, "comparisons"):
        old, new = (side(row, key, lang) for key in ("old", "new"))
        found = changed(old, new)
        if (found.relation if found else None) != row["relation"]:
            wrong.append({**row, "found": found})
    return wrong


def side(row: Row, key: str, lang: str) -> FigureText:
    day: date | None = row.get(f"{key}_day")
    return FigureText(row[key], lang, figures(row[key], lang), day)


@pytest.mark.parametrize("lang", LANGS)
def test_nine_in_ten_cases_are_read_as_a_journalist_reads_them(lang: str) -> None:
    """A figure without its scope is worse than none: 30 promised tanks are not 30 delivered ones."""
    all_rows = len(rows(lang, "figures")) + len(rows(lang, "comparisons"))
    wrong = misread(lang) + misjudged(lang)
    assert len(rows(lang, "figures")) >= 20
    assert len(wrong) <= (1 - FLOOR) * all_rows, wrong


@pytest.mark.parametrize("lang", sorted(FILES))
def test_values_and_units_are_read_without_an_error(lang: str) -> None:
    """Numbers that count, what they count, and none of the dates, names and ordinals around them."""
    wrong = []
    for row in rows(lang, "values"):
        found = [(f.low, f.high, (f.unit or "").lower()) for f in figures(row["text"], lang)]
        wanted = [value_and_unit(figure, unit) for figure, (*_, unit) in zip(row["read"], found, strict=False)]
        if len(found) != len(row["read"]) or found != wanted:
            wrong.append({"text": row["text"], "found": found})
    assert not wrong


def value_and_unit(wanted: Row, otherwise: str) -> tuple[object, object, str]:
    low, _, high = str(wanted["value"]).partition("..")
    first, last = (pytest.approx(float(end), rel=1e-3) for end in (low, high or low))
    return first, last, str(wanted.get("unit", otherwise)).lower()
