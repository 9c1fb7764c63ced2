"""Memory, threads and devices that kernels run on."""
