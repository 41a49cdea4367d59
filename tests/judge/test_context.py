"""What a model is shown beside a sentence and beside a claim."""

from __future__ import annotations

import pytest

from monitor.judge.context import hypotheses
from monitor.records import Claim

DEATHS = Claim("C1", "Six soldats ont été tués près de la ville.", "fr")


@pytest.mark.parametrize(
    ("claim", "read_as"),
    [
        (
            Claim("C2", "Le porte-parole a démenti ces informations.", "fr"),
            "Le porte-parole a démenti ces informations (Six soldats ont été tués près de la ville).",
        ),
        (
            Claim("C2", "The spokesman dismissed these reports", "en"),
            "The spokesman dismissed these reports (Six soldats ont été tués près de la ville).",
        ),
        (
            Claim("C2", "Сообщения о гибели солдат пресс-секретарь назвал ложью.", "ru"),
            "Сообщения о гибели солдат пресс-секретарь назвал ложью.",
        ),
        (Claim("C2", "The former minister denied the deaths.", "en"), "The former minister denied the deaths."),
    ],
)
def test_a_claim_that_points_back_is_read_with_the_one_before(claim: Claim, read_as: str) -> None:
    """ "Denied these reports" could be a denial of anything."""
    found = hypotheses([DEATHS, claim])
    assert found["C1"] == DEATHS.text
    assert found["C2"] == read_as


def test_the_first_claim_has_none_before_it() -> None:
    """It is read as it stands, whatever it points at."""
    claim = Claim("C1", "Le porte-parole a démenti ces informations.", "fr")
    assert hypotheses([claim]) == {"C1": claim.text}
