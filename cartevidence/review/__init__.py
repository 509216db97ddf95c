"""Reviewing extractions: what needs eyes, what curators decide, blind pairs, agreement. Only `web/` knows of a web."""
