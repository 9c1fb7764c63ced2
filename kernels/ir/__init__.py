"""LLVM IR that several kernels are built from; imported only by modules that need Numba."""
