"""Sample data: the story of the two documents, and the illustration that a replay of it needs."""
