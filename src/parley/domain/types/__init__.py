"""The declarations of the statement types, by kind of case; ``catalogue`` joins them."""
