"""Pages and charts: what is kept, printed and read outside Slack."""
