"""Cases as pure functions, causal order, clocks, roles. No I/O, no clock, no bytes of the wire."""
