"""One measurement on its way: the line that a request leaves, and what is read of it."""
