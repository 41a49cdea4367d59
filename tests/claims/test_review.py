"""What a person should mend in the claims file, said so that it can be mended."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import numpy as np
import pytest

from monitor.claims.review import Fault, review
from monitor.records import Claim
from tests.command import monitor

Capture = pytest.CaptureFixture[str]


def faults(text: str, lang: str = "en") -> list[tuple[Fault, str]]:
    claim = Claim("C1", text, lang)
    return [(remark.fault, remark.advice) for remark in review([claim], np.ones((1, 1), dtype=np.float32))]


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("On 10 October 2024 spokesman Paul Reyes denied that Bellmouth had been shelled.", "en"),
        ("Seit 2022 lieferte Rotanien 11.000 Container Munition an Altora.", "de"),
        ("En juin 2024, la Rotanie et l'Altora ont signé un pacte militaire.", "fr"),
        ("В октябре 2024 года в Бельмуте погибли шесть солдат.", "ru"),
        ("벨마라 정부군은 2024년 9월 휴전 합의를 41차례 위반했다.", "ko"),
        ("2024年10月、ベルモントで兵士六人が死亡した。", "ja"),
    ],
)
def test_a_good_claim_gets_no_remark(text: str, lang: str) -> None:
    """Remarks on good claims teach people to skip them."""
    assert faults(text, lang) == []


@pytest.mark.parametrize(
    ("text", "lang", "fault", "words"),
    [
        ("They were used in Altora in 2024.", "en", Fault.VAGUE, "“They” points at something said before"),
        ("Reyes denied these reports in 2024.", "en", Fault.VAGUE, "“these reports” points"),
        ("Bellmouth was shelled last week.", "en", Fault.VAGUE, "“last week” is no date. Write the day"),
        ("Soldiers have been killed in the war.", "en", Fault.VAGUE, "names no actor, no figure and no date"),
        ("Rotania lost 40 tanks; Altora lost 12 of its ships.", "en", Fault.DOUBLE, "says 2 facts"),
        ("Did Rotania lose 40 tanks in 2024?", "en", Fault.UNCHECKABLE, "is a question"),
        ("Rotania should perhaps leave Altora in 2024.", "en", Fault.UNCHECKABLE, "“should” is a view"),
        ("Rotania is expected to leave Altora.", "en", Fault.UNCHECKABLE, "foretells something without a date"),
        ("Des soldats sont morts à la guerre.", "fr", Fault.VAGUE, "names no actor"),
    ],
)
def test_each_fault_is_named_with_what_to_do(text: str, lang: str, fault: Fault, words: str) -> None:
    """One line, which a person can act on without the manual."""
    ((found, advice),) = faults(text, lang)
    assert (found, words in advice) == (fault, True), advice


def test_a_plan_with_a_day_can_be_checked() -> None:
    """When the day has come."""
    assert faults("Rotania is expected to leave Altora in June 2027.") == []


def test_doubles_are_told_at_the_second_one() -> None:
    """The first one keeps its id, and so its findings."""
    claims = [
        Claim("C1", "Rotania lost 40 tanks in 2024.", "en"),
        Claim("C2", "Altora signed a pact with Rotania in June 2024.", "en"),
        Claim("C3", "La Rotanie a perdu 40 chars en 2024.", "fr"),
        Claim("C4", "Rotania lost 41 tanks in 2024.", "en"),
    ]
    vectors = np.array([[1, 0], [0, 1], [1, 0], [1, 0]], dtype=np.float32)
    (remark,) = review(claims, vectors)
    assert (remark.claim_id, remark.fault) == ("C3", Fault.DOUBLE)
    assert remark.advice.startswith("says the same as C1.")


def test_a_name_at_the_beginning_is_known_from_another_claim() -> None:
    """Alone, nobody can tell "Bellmouth was shelled" from "Hospitals were shelled"."""
    claims = [Claim("C1", "Hospitals were shelled.", "en"), Claim("C2", "Bellmouth was shelled.", "en")]
    other = Claim("C3", "In 2024 soldiers left Bellmouth.", "en")
    vectors = np.eye(3, dtype=np.float32)
    assert [remark.claim_id for remark in review([*claims, other], vectors)] == ["C1"]


def claims_file(*texts: str) -> None:
    rows = "".join(f"  - {{id: C{n}, text: {text}}}\n" for n, text in zip(count(1), texts, strict=False))
    Path("mine.yaml").write_text("baseline: {title: War, language: en}\nclaims:\n" + rows)


def test_the_command_prints_a_line_for_each_remark(
    capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Like a linter: remarks are no failure, unless they should be."""
    monkeypatch.chdir(tmp_path)
    claims_file(
        "Rotania lost 40 tanks in 2024.", "They lost 40 tanks in Altora.", "In 2024 Rotania lost 40 tanks."
    )
    said = monitor(capsys, "claims", "check", "--baseline", "mine.yaml")
    assert (said.code, said.err) == (0, "mine.yaml: 3 claims, 2 remarks.\n")
    assert said.out.splitlines() == [
        "C2: vague: “They” points at something said before. Write what or who it is.",
        "C3: double: says the same as C1. Keep one, or write what is different.",
    ]
    assert monitor(capsys, "claims", "check", "--baseline", "mine.yaml", "--strict").code == 1
    claims_file("Rotania lost 40 tanks in 2024.")
    assert monitor(capsys, "claims", "check", "--baseline", "mine.yaml", "--strict").code == 0


def test_a_file_that_is_missing_is_named(capsys: Capture, tmp_path: Path) -> None:
    """Nothing to check is wrong use."""
    said = monitor(capsys, "claims", "check", "--baseline", tmp_path / "none.yaml")
    assert said.code == 2 and "no such file" in said.err
