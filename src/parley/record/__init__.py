"""Letters, statements in the log, receipts, mirrors of the peer's log, replay, dossiers."""
