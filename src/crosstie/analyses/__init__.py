"""Pure functions from a network to a result."""
