"""The world → bytes → entries."""
