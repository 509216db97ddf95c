"""Text to evidence."""
