"""The HTTP side: the gate before Bolt, and what Slack calls."""
