"""Voting power: how often a holder's votes decide, by six indices, exactly where that is possible."""
