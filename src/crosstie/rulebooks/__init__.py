"""The law as dated, cited data, and the small functions that apply it."""
