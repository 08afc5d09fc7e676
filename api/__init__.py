"""The monitor: the /v1 JSON API and the pages over the same queries."""
