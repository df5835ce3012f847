"""Where the SSH server listens, and how long a session may be. Pure."""

from dataclasses import dataclass

HERE = "127.0.0.1"
PORT = 8022


@dataclass(frozen=True, slots=True)
class Terms:
    """What whoever starts the server chooses."""

    address: str = HERE
    port: int = PORT
    idle: float = 0
    """Seconds without a key, after which a session ends; 0 for never."""
    longest: float = 0
    """Seconds that a session may last; 0 for ever."""
