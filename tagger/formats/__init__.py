"""One reader per contact format: bytes in, contacts or reasons out."""
