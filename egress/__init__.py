"""What may be reached outside, and the one way there."""
