"""The outside world behind one interface for each kind of service."""
