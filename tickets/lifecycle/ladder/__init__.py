"""How a case goes up the ladder and down again, and who is told."""
