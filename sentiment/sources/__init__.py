"""Where local posts are read from: one module for each kind of source, and one door to the network."""
