"""The commands of `capbench`, one a file."""
