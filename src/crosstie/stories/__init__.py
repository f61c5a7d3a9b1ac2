"""A news story into draft statements, each with its quoted words."""
