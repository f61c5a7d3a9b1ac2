"""One function per command: opens any ledger, applies clocks, statuses, laws and checks."""
