"""Signing in at another server (OpenID Connect 1.0, authorization code flow with PKCE).

`attempt` is what a browser keeps meanwhile, `provider` the one part that speaks to the other
server, `id_token` the rules of what that has signed, `people` who it is here.
"""
