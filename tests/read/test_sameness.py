"""Twins, by their words."""

from __future__ import annotations

import pytest

from monitor.read.sameness import SAME_TEXT_CHARS, is_long_enough, may_be_one
from tests.failures.press import FLOOD, MARKET

TEXT, OTHER = "\n".join(FLOOD), "\n".join(MARKET)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (("Flood", TEXT), ("Flood", TEXT), True),
        (("Flood", TEXT), ("Flood in the valley: live", TEXT), True),
        (("Flood", TEXT), ("Flood", "\n".join(FLOOD[:2])), True),
        (("Flood", TEXT), ("Flood", TEXT.upper()), True),
        (("Flood", TEXT), ("Flood", f"{TEXT}\n{OTHER}"), True),
        (("News", TEXT), ("News", OTHER), False),
        (("Flood", TEXT), ("Flood", f"{FLOOD[0]}\n{OTHER}"), False),
        (("Result", "Halmstedt 2, Kingsmere 1."), ("Result", "Halmstedt 2, Kingsmere 1. (Final)"), True),
        (("Result", "Halmstedt 2, Kingsmere 1."), ("Result", "Halmstedt 0, Kingsmere 1."), False),
        (("Result", "For readers only."), ("Table", "For readers only."), False),
        (
            ("洪水", "水坝在星期一夜里破裂,洪水在黎明时到达镇上。" * 4),
            ("洪水", "水坝在星期一夜里破裂,洪水在黎明时到达镇上。" * 4),
            True,
        ),
    ],
)
def test_pages_that_may_show_one_article(one: tuple[str, str], other: tuple[str, str], same: bool) -> None:
    """Cut for phones, or added to meanwhile; not another report on the same site."""
    assert may_be_one(*one, *other) == may_be_one(*other, *one) == same


def test_a_wide_character_counts_twice() -> None:
    """A Chinese article says as much with half the characters."""
    assert is_long_enough("水" * (SAME_TEXT_CHARS // 2))
    assert not is_long_enough("水" * (SAME_TEXT_CHARS // 2 - 1))
    assert is_long_enough("x" * SAME_TEXT_CHARS)
    assert not is_long_enough("x" * (SAME_TEXT_CHARS - 1))
