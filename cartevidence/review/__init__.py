"""Reviewing extractions: what needs eyes, what curators decide, blind pairs, agreement. No web in here but in `web/`."""
