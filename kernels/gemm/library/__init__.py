"""Matrix multiplication by the BLAS that NumPy comes with."""
