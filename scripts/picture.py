"""`python scripts/picture.py`: docs/demo.svg, the demo as it stands on a terminal of 120×32, and docs/morning.svg."""
