"""Benchmarks: Firmhold beside the usual ways of holding stock, on one machine, in one run."""
