"""Crosstie says who owns, votes, controls and profits from what, with the source behind each number."""
