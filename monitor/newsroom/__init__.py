"""The sample newsroom: small outlets on this machine that publish real news in 14 languages."""

from monitor.newsroom.articles import ARTICLES, BASELINE
from monitor.newsroom.server import Newsroom

__all__ = ["ARTICLES", "BASELINE", "Newsroom"]
