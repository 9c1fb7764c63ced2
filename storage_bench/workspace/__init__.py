"""The marked folder that a test writes in, and nothing else."""
