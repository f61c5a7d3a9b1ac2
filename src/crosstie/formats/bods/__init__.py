"""The Beneficial Ownership Data Standard, versions 0.2, 0.3 and 0.4."""
