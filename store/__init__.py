"""The only package that knows the database: rows to our types and back."""
