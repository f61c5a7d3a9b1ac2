"""Who holds what on one day: names and read-only arrays."""
