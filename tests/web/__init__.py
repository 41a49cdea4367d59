"""Tests of the query pages."""
