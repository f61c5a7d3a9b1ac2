"""Translate between the ledger and other people's files; never calculate."""
