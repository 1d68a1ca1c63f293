"""Processes are killed at the worst moments, and what Slack has really done is held against the promises.

What was acknowledged is kept, a prompt comes once, nobody is pinged twice.
"""
