"""Benchmarks: how fast, how large. `python -m tests.bench` prints their table; each module has `run() -> list[Row]`."""
