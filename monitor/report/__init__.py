"""Findings → what a person reads."""
