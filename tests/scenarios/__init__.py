"""Whole stories, played by people against a Slack on this machine and the real app."""
