"""Ids, reason codes, limits, rules of text, strict CBOR: what every other package may use."""
