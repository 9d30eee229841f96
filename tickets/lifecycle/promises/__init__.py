"""What we owe customers: made, handed over, kept, withdrawn, reminded of, broken."""
