"""Tests of the store, and the small newsroom they and the tests of the query pages share."""
