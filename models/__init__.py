"""The domain's types and vocabularies. Everything else depends on this package; it depends on nothing here."""
