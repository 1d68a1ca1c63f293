"""What the figures promise."""
