"""Where mail providers call us: with what became of mail of ours, and with mail that comes in.

Everybody on the internet can reach these addresses, so nothing is read before the caller has shown a secret, and a door
whose secret is not set stays shut. What a provider is told follows from who can do something about it: 401 and 400 for a
caller that is not the provider, 5xx for trouble of ours (and for a shape that we do not know), so that it is sent again.
"""
