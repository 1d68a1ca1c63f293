"""The house's own rules, held by tests: layers, imports, the tree."""
