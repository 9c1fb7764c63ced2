"""Accelerators: peaks, runs, nodes, throttling, conditions."""
