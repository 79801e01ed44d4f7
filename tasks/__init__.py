"""Work the server owns."""
