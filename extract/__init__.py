"""Text to evidence."""

from extract.extractor import VERSION, Extractor

__all__ = ["VERSION", "Extractor"]
