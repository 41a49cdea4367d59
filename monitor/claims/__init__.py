"""The baseline → what we watch for."""
