"""The rules of a reservation, as pure functions over plain values.

Nothing here reads a clock, rolls dice, waits or knows a database: time and ids come in as
arguments. It imports the standard library alone, which the import rules enforce.
"""
