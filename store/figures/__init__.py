"""What the figures are computed from and how: pure functions over rows, the same for a page, a review and a test."""
