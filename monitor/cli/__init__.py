"""The command line: words → a call → what is printed. No logic lives here."""

from monitor.cli.commands import app, main

__all__ = ["app", "main"]
