"""The truth: what Alongside knows, the rules that change it, and the engine that keeps it."""
