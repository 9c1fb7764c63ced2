"""Simulated machines, for tests of whoever writes a kernel, a backend or a report."""
