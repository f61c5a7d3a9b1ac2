"""What was said: statements with two clocks, their sources, problems and checks."""
