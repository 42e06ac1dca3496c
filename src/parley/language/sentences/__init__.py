"""The sentences for reason codes, by area; ``parley.language.reasons`` joins them."""
