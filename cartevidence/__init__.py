"""Command line, Python API and the pipeline that joins fetch, extract and db."""

__version__ = "0.1.0"
