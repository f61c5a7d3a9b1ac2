"""Value: what companies that hold each other's shares and owe each other debts are worth."""
