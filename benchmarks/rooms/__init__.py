"""Parts of the room benchmarks: a house with a meeting in it, its servers, and a bounded load client for the loopback."""
