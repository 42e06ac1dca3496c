"""What migration 0001 makes, an area a module."""
