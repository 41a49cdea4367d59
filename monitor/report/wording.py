"""Stance, manner, score, language → words a reader understands, the same in every format."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from monitor.collect.outage import AbsenceCause
from monitor.feed_records import SilentFeed
from monitor.judge.state import Denial, FigurePoint, Standing
from monitor.records import Manner
from monitor.report.calendar import local_day, write_date, write_day, write_moment
from monitor.report.digest import ClaimNews, Digest, Item, Section, SilentClaim, totals
from monitor.report.terms import language_name, sureness, who_says
from monitor.utterances import Kind

HEADINGS = {
    Section.CONFIRMATIONS: "Confirmed",
    Section.CONTRADICTIONS: "Contradicted",
    Section.FIGURES: "Changed figures",
    Section.UPDATES: "Other updates",
    Section.MENTIONS: "Mentioned without taking a side",
}

SILENCE = "Silence says nothing about whether a claim is true."
SURENESS = (
    "A percentage says how sure the program is of its reading of a sentence, not whether the claim is true."
    " How a claim stands rests on readings of 50% and more."
)

CORRECTED = "corrected"
UNDATED = "of an unknown day, perhaps an older one"

SAID = (("denied by", True), ("contradicted by", False))
NAMED = 3  # how many of those who deny are named in the line on a claim's state

ABSENCES = 5  # a laptop that sleeps each hour must not push the news off the page

_CAUSES = {
    AbsenceCause.STOPPED: "Not watching",
    AbsenceCause.NETWORK: "Not watching, the network was away",
}

_NOUNS = {
    Section.CONFIRMATIONS: ("confirmation", "confirmations"),
    Section.CONTRADICTIONS: ("contradiction", "contradictions"),
    Section.FIGURES: ("changed figure", "changed figures"),
    Section.UPDATES: ("update", "updates"),
    Section.MENTIONS: ("mention", "mentions"),
}

_MANNERS = {
    Manner.STATEMENT: None,
    Manner.DENIAL: "a denial",
    Manner.NO_COMMENT: "no comment",
    Manner.UNVERIFIED: "not verified",
    Manner.HEDGE: "put as a possibility",
    Manner.PLAN: "a plan, not yet a fact",
}

# What the manner alone does not tell.
_KINDS = {Kind.ADMISSION: "an admission", Kind.RETRACTION: "taken back", Kind.NON_DENIAL: "not denied"}


def heading(news: ClaimNews, section: Section) -> str:
    """Head a section: 'Confirmed (3)', or 'Confirmed (3, by 2 independent sources)' where that differs."""
    return f"{HEADINGS[section]} ({number_words(news, section)})"


def number_words(news: ClaimNews, section: Section) -> str:
    """Count the items of a section; of confirmations, the independent sources too where there are fewer."""
    number = len(news.items(section))
    if section is not Section.CONFIRMATIONS or news.confirmed_by in (None, number):
        return str(number)
    return f"{number}, by {news.confirmed_by} independent {'source' if news.confirmed_by == 1 else 'sources'}"


def state_words(news: ClaimNews) -> str:
    """Say how the claim stands and what that rests on; empty where nothing is known."""
    state = news.state
    if state is None:
        return ""
    confirmed = f"confirmed by {_sources(state.confirmed_by)}" if state.confirmed_by else ""
    head, rest = (confirmed, "") if state.standing is Standing.CONFIRMED else (state.standing.value, confirmed)
    since = f" since {_short_day(state.since)}" if state.since else ""
    moves = " → ".join(f"{_point(point)} ({_short_day(point.day)})" for point in state.figures)
    said = [_by(words, [d for d in state.denials if (d.kind is Kind.DENIAL) is denies]) for words, denies in SAID]
    return " · ".join(filter(None, [f"{head.capitalize()}{since}", *said, moves and f"figure: {moves}", rest]))


def _point(point: FigurePoint) -> str:
    return f"corrected from {point.corrects} to {point.figure}" if point.corrects else point.figure


def _sources(number: int) -> str:
    return "1 source" if number == 1 else f"{number} independent sources"


def _by(words: str, denials: Sequence[Denial]) -> str:
    """Name the first ones who deny or contradict, and count the others."""
    named = [f"{d.actor}{_notes(d)}" for d in denials if d.actor][:NAMED]
    others = len(denials) - len(named)
    if others:
        noun = ("other" if named else "unnamed source") + "s" * (others != 1)
        named.append(f"{others} {noun}")
    return f"{words} {_listed(named)}" if named else ""


def _notes(denial: Denial) -> str:
    told = len(denial.repeats)
    day = [_short_day(denial.day)] if denial.day else []
    again = [f"told {told} more time{'s' * (told != 1)}"] if told else []
    closed = ["owned up later"] if denial.closed_by is not None else []
    notes = ", ".join([*day, *again, *closed])
    return f" ({notes})" if notes else ""


def _short_day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def count_words(section: Section, number: int) -> str:
    """Write a number of items, '1 confirmation'."""
    return f"{number} {_NOUNS[section][number != 1]}"


def manner_words(item: Item) -> str | None:
    """Say what sort of news the sentence is, or how it puts it; None for a plain statement."""
    return (_KINDS.get(item.kind) if item.kind else None) or _MANNERS[item.manner]


def speaker(item: Item) -> str:
    """Name who says so; then through whom, and when, where the sentence tells."""
    return who_says(item.asserted_by, item.outlet, item.utterance, beside=item.beside)


def source_words(item: Item, zone: str) -> list[str]:
    """Say where the sentence stands: outlet, date, language, how sure the program is."""
    return [item.outlet, write_date(item.published_at, zone), language_name(item.lang), sureness(item.score)]


def copies_words(item: Item) -> str:
    """Say who else carries the sentence, 'also in 2 others: A, B'; empty if nobody does."""
    if not item.copies:
        return ""
    noun = "other" if len(item.copies) == 1 else "others"
    return f"also in {len(item.copies)} {noun}: {', '.join(dict.fromkeys(copy.outlet for copy in item.copies))}"


def period_words(digest: Digest, zone: str) -> str:
    """Say what time the digest covers."""
    until = write_moment(digest.until, zone)
    return f"Up to {until}" if digest.since is None else f"{write_moment(digest.since, zone)} to {until}"


def summary(digest: Digest, zone: str) -> str:
    """Say in one sentence what is new."""
    numbers = totals(digest)
    if not numbers:
        return (
            "Nothing found yet."
            if digest.since is None
            else f"Nothing new since {write_moment(digest.since, zone)}."
        )
    said = _listed([count_words(section, number) for section, number in numbers.items()])
    return f"{said}, on {len(digest.claims)} of {claims_words(len(digest.claims) + len(digest.silent))}."


def counts_words(digest: Digest) -> list[str]:
    """Write the numbers for the head, 'Articles read: 61'."""
    return [f"{count.name[:1].upper()}{count.name[1:]}: {count.number:,}" for count in digest.counts]


def absences_words(digest: Digest, zone: str) -> list[str]:
    """Say when nobody watched, the latest absences at most; nothing where somebody always did."""
    shown = digest.absences[-ABSENCES:]
    words = [
        f"{_CAUSES[one.cause]}: {write_moment(one.since, zone)} to {write_moment(one.until, zone)}."
        for one in shown
    ]
    others = len(digest.absences) - len(shown)
    return [f"Not watching, before that: {others} more time{'s' * (others != 1)}.", *words] if others else words


def claims_words(number: int) -> str:
    """Write a number of claims, '1 claim'."""
    return f"{number} {'claim' if number == 1 else 'claims'}"


def tries_words(number: int) -> str:
    """Write a number of failed tries in a row."""
    return "1 failed try" if number == 1 else f"{number:,} failed tries"


def feeds_words(digest: Digest) -> list[str]:
    """Count the feeds that a person should look at: '2 feeds fail', '1 feed is silent'."""
    failing, silent = len(digest.failing), len(digest.silent_feeds)
    said = ["1 feed fails" if failing == 1 else f"{failing:,} feeds fail"] * bool(failing)
    return said + ["1 feed is silent" if silent == 1 else f"{silent:,} feeds are silent"] * bool(silent)


def silent_words(feed: SilentFeed, zone: str) -> str:
    """Say since when a feed brings nothing, and how long it never did before."""
    since = f"silent since {write_moment(feed.since, zone)}"
    return f"{since} (before: {wait_words(feed.longest)} at most)" if feed.longest else since


def wait_words(wait: timedelta) -> str:
    """Write a wait in its largest unit, rounded: '40 minutes', '26 hours', '3 days'."""
    hours = wait / timedelta(hours=1)
    number, unit = (hours * 60, "minute") if hours < 2 else (hours, "hour") if hours < 48 else (hours / 24, "day")
    return f"{number:.0f} {unit}{'s' * (round(number) != 1)}"


def last_heard(claim: SilentClaim, zone: str) -> str:
    """Say on which day something was last found on a silent claim."""
    if claim.last_found_at is None:
        return "nothing found yet"
    return f"last heard: {write_day(local_day(claim.last_found_at, zone))}"


def baseline_words(digest: Digest) -> str:
    """Name the article that everything is compared with."""
    published = f" ({digest.baseline_published})" if digest.baseline_published else ""
    return f"Compared with: {digest.baseline_title}{published}"


def figure_words(item: Item) -> str:
    """Write a changed figure, '11 000 → 13 000' or 'corrected from 20 to 18'; an unknown old one is left out."""
    note = figure_note(item)
    if note == CORRECTED:
        old = f" from {item.figure_old}" if item.figure_old else ""
        return f"{note}{old} to {item.figure_new}"
    moved = " → ".join(figure for figure in (item.figure_old, item.figure_new) if figure)
    return f"{moved} ({note})" if note else moved


def figure_note(item: Item) -> str:
    """Say what a reader must know of a changed figure: that it corrects, or that it may be an older one."""
    if item.kind is Kind.CORRECTION:
        return CORRECTED
    return UNDATED if item.utterance and item.utterance.day is None else ""


def _listed(words: Sequence[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
