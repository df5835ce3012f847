"""A program for a pane: puts its terminal in raw mode, prints argv[2], and hands every byte typed to the socket argv[1]."""

import os
import socket
import sys
import tty

tty.setraw(0)
os.write(1, sys.argv[2].encode().decode("unicode_escape").encode())
with socket.socket(socket.AF_UNIX) as link:
    link.connect(sys.argv[1])
    while data := os.read(0, 1 << 16):
        link.sendall(data)
