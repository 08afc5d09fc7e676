"""Contacts in, tags out: read, redact, tag, explain, and draw for review."""
