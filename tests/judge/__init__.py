"""Tests of the judging models, and the small fakes and servers they share."""
