"""Page → article → sentences."""
