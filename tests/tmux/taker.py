"""A program that keeps every byte it is given: `taker.py FILE`, in raw mode and with bracketed paste."""

import os
import sys
import tty

with open(sys.argv[1], "wb", buffering=0) as kept:
    tty.setraw(0)
    os.write(1, b"\x1b[?2004hready\r\n")
    while data := os.read(0, 65536):
        kept.write(data)
