"""Texts in, label scores out. Knows nothing of contacts, jobs or databases."""
