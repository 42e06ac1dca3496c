"""Measurements of the real code beside bare loops of the same cryptography and commits."""
