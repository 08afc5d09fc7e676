"""Hostile transcripts beside their plain twins: whether words that give orders move a tag."""
