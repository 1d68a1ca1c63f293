"""What the code registers and calls, against what is written down about it."""
