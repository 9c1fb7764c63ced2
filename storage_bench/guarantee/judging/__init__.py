"""The pure judge of a guarantee."""
