"""A witness: cosigns the checkpoints of other people's logs, and shows a fork between them."""
