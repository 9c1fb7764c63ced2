"""Verify, normalise, judge and render evidence. Never touches hardware."""
