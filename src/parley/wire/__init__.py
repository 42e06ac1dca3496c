"""What peers say to each other: frames, the endpoint that takes them, the courier."""
