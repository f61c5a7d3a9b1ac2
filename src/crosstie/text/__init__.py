"""Text files: strict YAML with line numbers, problems as values, atomic writes."""
