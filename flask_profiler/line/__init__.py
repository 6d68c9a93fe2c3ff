"""One measurement on its way: the line a request leaves, and what is read of it."""
