"""Simulated machines, for tests of whoever writes a kernel, a backend or a report.

A simulated machine goes through the real program: discovery, plan, outcomes, seal, verification
and report. Its evidence says so (`Inventory.simulated`) and can never be certified.

>>> from bench.testing.machine import simulated_evidence
>>> evidence = simulated_evidence()
>>> evidence.inventory.simulated
True
>>> sorted({estimate.metric for estimate in evidence.estimates})
['cpu.vector.fp32', 'memory.triad']

`scripted` has the clock and the launch that kernels are tested with; `machine`, `gpu_node`,
`guarantee` and `complete_run` are machines and runs of them; `show` is `run --simulate`.
"""
