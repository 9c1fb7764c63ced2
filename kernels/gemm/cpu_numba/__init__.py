"""Our own blocked matrix multiplication in Numba."""
