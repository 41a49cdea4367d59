"""Who says it, through whom, how and how firmly: tables that a journalist can read, in ten languages."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from monitor.claims.attribution import Attribution, attribution
from monitor.claims.utterance import Days, said_on
from monitor.utterances import Asserter, AsserterKind, Firmness, How

TABLES = sorted((Path(__file__).parents[1] / "cases").glob("attribution-*.yaml"))
TOGETHER = Path(__file__).parents[1] / "cases/together.yaml"
FLOOR = 0.9  # the share of each field of each language that must be right
ROLE_WORDS = 40  # characters of office that may stand around the expected name


@pytest.mark.parametrize("path", TABLES, ids=[p.stem for p in TABLES])
def test_nine_in_ten_of_each_field_are_read_as_a_journalist_reads_them(path: Path) -> None:
    """The tables came before the rules, which were then mended by them: this is no figure for new text."""
    lang, rows = path.stem[-2:], yaml.safe_load(path.read_text(encoding="utf-8"))
    right: dict[str, list[bool]] = defaultdict(list)
    for row in rows:
        found = attribution(row["text"], lang, context=row.get("context", ()))
        right["who"].append(_is_name(found.asserted_by, row["who"]))
        right["through"].append(_is_name(found.through, row.get("through")))
        right["how"].append(found.how == row.get("how", "says"))
        right["firmness"].append(found.firmness == row.get("firmness", "fact"))
        right["kind"].append(found.kind == row["kind"])
        if "day" in row:
            day: date = row["said"]
            right["said"].append(said_on(row["text"], lang, day=row["day"]) == Days(day, day))
    assert len(rows) >= 20
    shares = {field: sum(values) / len(values) for field, values in right.items()}
    assert all(share >= FLOOR for share in shares.values()), shares


@pytest.mark.parametrize("row", yaml.safe_load(TOGETHER.read_text(encoding="utf-8")), ids=lambda row: row["text"])
def test_each_who_says_it_together_is_named(row: dict[str, Any]) -> None:
    """Two who deny it are two denials; a ministry of two things is one. 38 of these 39 were right at once."""
    found = attribution(row["text"], row["lang"])
    assert [found.asserted_by, *(one.name for one in found.beside)] == row["who"]


def _is_name(found: str | None, wanted: str | None) -> bool:
    if found is None or wanted is None:
        return found is wanted
    return wanted.casefold() in found.casefold() and len(found) <= len(wanted) + ROLE_WORDS


def test_the_chain_is_kept_from_the_outermost_to_the_speaker() -> None:
    """A reader asks whose word it is, and who vouches for that."""
    found = attribution("Reuters reports that the mayor, Ana Lopes, said the road was closed.", "en")
    assert found.chain == (
        Asserter("Reuters", AsserterKind.MEDIUM),
        Asserter("the mayor, Ana Lopes", AsserterKind.PERSON),
    )
    assert (found.asserted_by, found.through, found.kind) == (
        "the mayor, Ana Lopes",
        "Reuters",
        AsserterKind.PERSON,
    )


def test_without_a_speaker_the_manner_is_still_read() -> None:
    """ "Reportedly" keeps a distance, whoever says it."""
    found = attribution("The ship reportedly sank.", "en")
    assert found == Attribution(firmness=Firmness.CONDITIONAL)


@pytest.mark.parametrize(
    ("context", "sentence", "who"),
    [
        (["Ana Lopes, the mayor, opened the fair."], "The mayor denied it.", "Ana Lopes"),
        (["Ana Lopes, the mayor, met the mayor Eva Berg."], "The mayor denied it.", "The mayor"),
        (["The mayor Ana Lopes opened the fair."], "It denied that.", None),
        (["The defence ministry reported two dead."], "The ministry said no more.", "The defence ministry"),
        (["The minister Ana Lopes said no."], "Residents said yes.", "Residents"),
        (["“It is over,” said Ana Lopes."], "“Nobody came.”", "Ana Lopes"),
        (["The minister Park Min-su said no."], "Park denied it.", "The minister Park Min-su"),
        (["The minister Park Min-su met the spy Park Jae-ho."], "Park denied it.", "Park"),
    ],
)
def test_words_that_point_back_are_resolved_where_one_fits(
    context: list[str], sentence: str, who: str | None
) -> None:
    """Exactly one holder of the office, or the office as it stands: a guess would put words into a mouth."""
    assert attribution(sentence, "en", context=context).asserted_by == who


def test_another_persons_name_ends_the_search() -> None:
    """A name in the sentence itself is never replaced by one before it."""
    found = attribution("The coach Eva Berg denied it.", "en", context=["The coach Ana Lopes said no."])
    assert found.asserted_by == "The coach Eva Berg"
    assert found.how is How.DENIES
