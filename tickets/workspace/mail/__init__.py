"""Mail at the desk: what every kind of it looks like before anybody gets it."""
