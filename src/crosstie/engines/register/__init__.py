"""A register: a ledger's statements in the columns of one DuckDB file, with the same two clocks."""
