"""The pages people read. Each has its address, and a JSON twin under /v1."""
