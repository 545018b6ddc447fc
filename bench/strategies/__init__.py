"""The usual ways of holding stock, each as a competent team would write and run it."""
