"""How a visitor gets in."""
