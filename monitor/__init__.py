"""Follow a story's claims through the world's news."""

__version__ = "0.1.0"
