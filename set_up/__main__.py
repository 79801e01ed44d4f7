"""`python -m set_up` does what `python main.py setup` does."""

import sys

from set_up import main

raise SystemExit(main(sys.argv[1:]))
