"""How often somebody may ask: token buckets that hold across processes and nodes.

A request is asked about once, with all limits that concern it, and takes a token of each bucket or
none of any. Where buckets are kept is a matter of how many nodes there are; that something keeps
them is not: who should and cannot is replaced by the node's own memory, and no request ever waits
for it or goes uncounted. Nothing here decides about a reservation.
"""
