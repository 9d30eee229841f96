"""Answers in the seconds in which they can still be taken back, and those that could not be sent."""
