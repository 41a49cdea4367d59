"""Tests of the report, and the invented story that they share."""
