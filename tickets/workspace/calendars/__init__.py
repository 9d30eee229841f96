"""Opening hours as leads see and edit them."""
