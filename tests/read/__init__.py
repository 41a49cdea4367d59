"""Tests of reading: pages, workers, languages, sentences."""
