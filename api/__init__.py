"""What Studiolo does."""
