"""What lies under a path, and how well that is known."""
