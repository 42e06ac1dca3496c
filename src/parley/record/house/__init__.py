"""The house record: what officers did inside one desk, as a log of its own, and proofs from it."""
