"""Matrix multiplication by torch, on every vendor's device."""
