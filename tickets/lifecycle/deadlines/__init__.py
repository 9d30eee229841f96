"""What moves deadlines from outside a case: policies, opening hours, plans, and the replay of a draft."""
