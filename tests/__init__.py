"""What Alongside promises, as tests."""
