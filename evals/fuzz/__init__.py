"""Hostile input for every reader: hand-made cases, seeded mutations, and what became of each."""
