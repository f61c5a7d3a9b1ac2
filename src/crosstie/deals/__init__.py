"""Steps, conditions, scenarios: the same question asked before and after."""
