"""Code generation: instruction sets, LLVM intrinsics, compiled functions."""
