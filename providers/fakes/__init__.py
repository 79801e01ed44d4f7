"""Stand-ins on loopback that speak the real wire formats, for tests and the demo."""
