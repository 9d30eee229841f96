"""SLA policies as leads see, try and publish them."""
