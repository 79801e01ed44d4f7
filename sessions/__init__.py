"""Who this is."""
