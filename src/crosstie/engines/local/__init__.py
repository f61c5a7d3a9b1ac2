"""Every company at once on one machine: flat arrays and compiled kernels."""
