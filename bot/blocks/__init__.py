"""Data → Block Kit: pure functions that write what people see."""
