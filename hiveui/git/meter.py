"""Passes on what comes over a line from another host, up to so many bytes. Run by its path; standard library only."""

import os
import sys

READ = 1 << 16


def main() -> int:
    """Copy standard input to standard output as it comes; say so where there is more than the first argument says."""
    most = left = int(sys.argv[1])
    while data := os.read(0, READ):
        if len(data) > left:
            os.write(2, f"fatal: what comes is larger than {most >> 20} MiB\n".encode())
            return 1
        left -= len(data)
        while data:
            data = data[os.write(1, data) :]
    return 0


if __name__ == "__main__":
    sys.exit(main())
