"""Published peaks of processors and accelerators."""
