"""Outages: declared, linked to the cases they explain, told to everybody, and ended."""
