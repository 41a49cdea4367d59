"""Sentence × claim → finding."""
