"""How well personal data is taken out: planted items with known places, and decoys that must stay."""
