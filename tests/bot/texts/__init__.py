"""The sentences: the template, the loader, and that people are shown no others."""
