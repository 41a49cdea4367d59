"""News pages as publishers make them, written for the tests."""

from __future__ import annotations

import html

HEADLINE = "Town council approves new bridge over the river"
PARAGRAPHS = (
    "The town council approved a new bridge over the river on Tuesday by nine votes to four.",
    "It will cost 11 million euros, the mayor said, and open in 2028.",
)


def news_page(
    *paragraphs: str,
    headline: str = HEADLINE,
    lang: str = "en",
    head: str = "",
    lead: str = "",
    inside: str = "",
    wrap: str = "article",
) -> str:
    """Build a page with all that surrounds an article: banner, navigation, byline, teasers, captions, footer.

    head: more markup in <head>; lead and inside: markup before the paragraphs, and between them.
    wrap: the element that holds the article.
    """
    first, *rest = [f"<p>{html.escape(paragraph, quote=False)}</p>" for paragraph in paragraphs]
    return f"""<!doctype html>
<html lang="{lang}"><head><meta charset="utf-8"><title>{headline} | The Valley Post</title>
<meta property="og:site_name" content="The Valley Post"><meta property="og:title" content="{headline}">
{head}<style>p {{ color: black }}</style><script>var tracking = "on";</script></head>
<body class="has-cookie-banner share-enabled">
<div id="cookie-consent" class="cookie-banner" role="dialog">
<p>We and our 312 partners use cookies to show you
advertisements that you may like. You can change your mind at any time in the settings.</p>
<button>Accept</button></div>
<header class="site-header"><a href="/">The Valley Post</a><nav><ul><li><a href="/news">News</a></li>
<li><a href="/sport">Sport</a></li>
<li><a href="/weather">Weather for the whole valley</a></li></ul></nav></header>
<main><{wrap} class="story"><h1>{headline}</h1>
<p class="byline">By <span class="author" rel="author">Ann Wood</span> and agencies</p>
<p class="timestamp">Published <time datetime="2024-10-08T18:30:00+02:00">8 October 2024</time></p>
<div class="share-bar"><a href="#">Share on every network</a> <span>Copy the link of this story</span></div>
{lead}<figure><img src="/b.jpg" alt="A bridge"><figcaption>The old bridge was built in 1931 and is closed now.
Photo: Ann Wood</figcaption></figure>
{first}
{inside}<div class="related-stories"><h3>Related</h3><ul>
<li><a href="/1">Ferry sinks after storm, six missing</a></li>
<li><a href="/2">Mayor denies taking money</a></li></ul>
<p>Six people are missing since the ferry went down.</p></div>
{"".join(rest)}
<p class="wire-credit">(The Valley Post with agency material)</p>
</{wrap}>
<aside class="sidebar"><h2>Most read</h2><p>Thousands march against the closing of the hospital.</p></aside>
</main>
<section class="newsletter"><p>Get the best of the valley in your mailbox every morning. Sign up now.</p></section>
<footer><p>© The Valley Post. All rights reserved. Nothing may be copied without permission.</p></footer>
</body></html>"""
