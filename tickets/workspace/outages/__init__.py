"""Declaring an outage and telling everybody about it."""
