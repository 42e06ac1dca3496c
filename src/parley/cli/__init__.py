"""Commands: they translate and show, and decide nothing."""
