"""The web desk: pages of one desk for its officers, rendered on the server."""
