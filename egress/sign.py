"""How the guard's own words begin, so that whoever finds them in place of a page knows whose they are."""

SIGN = "Studiolo's guard: "
