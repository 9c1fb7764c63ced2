"""Acceptance of a card: phases in the order of their value, within a budget of time."""
