"""Feed, Page → GoodPoll: what a good answer changes about a feed."""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.collect.schedule import Rhythm, learnt, longest_silence, next_check
from monitor.feed_records import Feed, GoodPoll, Page, PollOutcome

# An address is changed for good after this many good feeds from the new one, each in another third of a day:
# a day and more, which outlasts the redirect of a maintenance night or of a mistake (FAILURES, case 32).
MOVED_AFTER = 5
THIRD_OF_A_DAY_S = 8 * 3600

# A new address that fails for as long as this was no good move: the one that a person wrote is asked again.
BACK_AFTER = timedelta(days=3)


def good_poll(
    feed: Feed,
    page: Page,
    outcome: PollOutcome,
    *,
    now: datetime,
    rhythm: Rhythm,
    news: int = 0,
    wish: timedelta | None = None,
    body_hash: str | None = None,
    trouble: str | None = None,
) -> GoodPoll:
    """Say what the row of a feed becomes after a good answer.

    news: how many entries were new. wish, body_hash, trouble: of the body that was read now; those of the last one
    stand where none was.
    """
    unchanged = outcome in (PollOutcome.NOT_MODIFIED, PollOutcome.SAME_BODY)
    wishes = [one for one in (page.fresh_for, feed.wish if unchanged else wish) if one]
    longest_wish = max(wishes, default=None)
    elapsed = now - feed.last_good_at if feed.last_good_at else None
    every = learnt(feed.every, news=news, elapsed=elapsed, rhythm=rhythm)
    address, moved_to, moved_good = _followed(feed, page, now=now)
    kept_silence = longest_silence(
        feed.longest_silence, last_news_at=feed.last_news_at, last_good_at=feed.last_good_at, now=now
    )
    return GoodPoll(
        outcome=outcome,
        next_check_at=next_check(now=now, every=every, longest=rhythm.longest, wish=longest_wish, key=feed.url),
        # A 304 ought to repeat the validators; many servers leave them out.
        etag=page.etag or (feed.etag if page.status == 304 else None),
        last_modified=page.last_modified or (feed.last_modified if page.status == 304 else None),
        every=every,
        wish=longest_wish,
        address=address,
        moved_to=moved_to,
        moved_good=moved_good,
        body_hash=feed.body_hash if unchanged else body_hash,
        full_at=feed.full_at if page.status == 304 else now,
        last_news_at=now if news else feed.last_news_at,
        longest_silence=kept_silence if news else feed.longest_silence,
        trouble=feed.trouble if unchanged else trouble,
    )


def is_back_due(feed: Feed, *, now: datetime, is_gone: bool) -> bool:
    """Tell whether a feed that was moved is to be asked at its own address again, now that it failed.

    is_gone: its server said that nothing will come back there.
    """
    failing_for = now - feed.failing_since if feed.failing_since else timedelta(0)
    return feed.address is not None and (is_gone or failing_for >= BACK_AFTER)


def _followed(feed: Feed, page: Page, *, now: datetime) -> tuple[str | None, str | None, int]:
    """Return the address, where a permanent redirect leads, and how many good feeds came from there."""
    here = feed.asked
    insecure = here.startswith("https://") and not page.url.startswith("https://")
    if not page.moved or page.url == here or insecure:
        return feed.address, None, 0
    if page.url != feed.moved_to:
        return feed.address, page.url, 1
    again = feed.last_good_at is None or _third(feed.last_good_at) != _third(now)
    good = feed.moved_good + again
    if good < MOVED_AFTER:
        return feed.address, page.url, good
    return (None if page.url == feed.url else page.url), None, 0


def _third(moment: datetime) -> int:
    return int(moment.timestamp()) // THIRD_OF_A_DAY_S
