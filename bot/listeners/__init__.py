"""What Slack sends us, row by row: `table.py` is the whole of it."""
