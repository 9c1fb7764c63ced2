"""Shapes of a product: those that a run tries, and all of them."""
