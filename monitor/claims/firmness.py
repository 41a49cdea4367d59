"""Sentence → How and Firmness: how its asserter puts it, and how sure it is of it."""

from __future__ import annotations

from monitor.claims.cues import Cues
from monitor.claims.manner import Reading
from monitor.records import Manner
from monitor.utterances import Firmness, How


def how_put(sentence: str, reading: Reading, cues: Cues, *, passed_on: bool) -> How:
    """Tell how the asserter puts it; passed_on: by a medium, in its own name or citing somebody.

    Of several the first counts: declining, dismissing, doubting, denying, confirming, planning, reporting.
    """
    dismissed = reading.denies_own or bool(cues.how["dismisses"].search(sentence))
    ordered = (
        (How.DECLINES, reading.manner is Manner.NO_COMMENT),
        (How.DISMISSES, dismissed and reading.manner is Manner.DENIAL),
        (How.DOUBTS, bool(cues.how["doubts"].search(sentence))),
        (How.DENIES, reading.reports_denial),
        (How.CONFIRMS, bool(cues.how["confirms"].search(sentence))),
        (How.PLANS, bool(cues.how["plans"].search(sentence))),
        (How.REPORTS, passed_on),
    )
    return next((how for how, holds in ordered if holds), How.SAYS)


def firmness_of(sentence: str, reading: Reading, cues: Cues) -> Firmness:
    """Tell how sure the sentence is; of several the first counts: unverified, conditional, likely, possible.

    Who neither confirms nor denies leaves nothing unverified.
    """
    if reading.manner is not Manner.NO_COMMENT and cues.manner["unverified"].search(sentence):
        return Firmness.UNVERIFIED
    ordered = (Firmness.CONDITIONAL, Firmness.LIKELY, Firmness.POSSIBLE)
    return next((firm for firm in ordered if cues.firmness[firm].search(sentence)), Firmness.FACT)
