"""Discovery, planning, execution and analysis: the part of capbench that touches hardware."""

__version__ = "0.1.0"
