"""What we owe customers: the leads' list, and the forms on a ticket."""
