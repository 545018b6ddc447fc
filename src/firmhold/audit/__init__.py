"""Proof that nothing was changed afterwards: a log of everything, as a Merkle tree."""
