"""Tiers, rules, hand-overs, requests for somebody more senior, and reviews."""
