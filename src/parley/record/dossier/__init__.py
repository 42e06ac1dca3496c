"""Dossiers: a file that proves a channel, or one case of it, to anybody (``docs/dossier.md``)."""
