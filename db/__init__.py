"""The SQLite evidence store."""
