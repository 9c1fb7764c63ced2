"""What one machine showed, and why it was no more."""
