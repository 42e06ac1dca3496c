"""Parley: a desk for parties who do not trust each other and still have to work together."""

__version__ = "0.1.0"
