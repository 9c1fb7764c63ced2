"""Quantity against target."""
