"""Acceptance of a card: its criteria, the ratios they ask for, and the table of both."""
