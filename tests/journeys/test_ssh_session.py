"""The machine's own sshd as the way in: the role stands in the key's line, and nothing but the hive can be had."""

import getpass
import shlex
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import pytest

from tests.far import lacking
from tests.robot import CAT, WITHIN, Robot, World
from tests.waiting import until

SSHD = shutil.which("sshd", path="/usr/sbin:/usr/local/sbin:/sbin:/usr/bin")
CONFIG = """
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host_key
AuthorizedKeysFile {folder}/authorized_keys
PidFile none
UsePAM no
StrictModes no
PasswordAuthentication no
KbdInteractiveAuthentication no
AcceptEnv LANG LC_* HIVE_* COLORTERM
AllowTcpForwarding yes
Subsystem sftp internal-sftp
LogLevel ERROR
"""


class Door:
    """An sshd of the test's own, whose keys lead to `hive ssh-session`."""

    def __init__(self, world: World) -> None:
        if SSHD is None or (why := lacking("ssh", "ssh-keygen")):
            pytest.skip("sshd is not installed" if SSHD is None else why)
        self.world, self.folder = world, world.home / "sshd"
        self.folder.mkdir()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._keygen("host_key")
        self._keys = self.folder / "authorized_keys"
        self._keys.touch()
        config = self.folder / "config"
        config.write_text(CONFIG.format(port=self.port, folder=self.folder))
        Path("/run/sshd").mkdir(exist_ok=True) if getpass.getuser() == "root" else None
        tried = subprocess.run([SSHD, "-t", "-f", str(config)], capture_output=True, text=True)
        if tried.returncode:
            pytest.skip(f"sshd cannot run here: {tried.stderr.strip()}")
        self._process = subprocess.Popen([SSHD, "-D", "-e", "-f", str(config)], stderr=subprocess.DEVNULL)

    def __enter__(self) -> Self:
        until(self._listens, WITHIN, "the sshd")
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(WITHIN)

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def _keygen(self, name: str) -> str:
        path = self.folder / name
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path)], check=True)
        return path.with_suffix(".pub").read_text()

    def let_in(self, name: str, role: str, options: str = "restrict,pty") -> None:
        """Let a key in, under a role."""
        home = [f"{key}={value}" for key, value in self.world.env.items() if key.startswith(("HOME", "XDG"))]
        words = [sys.executable, "-P", "-m", "hiveui", "ssh-session", "--role", role, "--person", name]
        forced = shlex.join(["env", *home, *words])
        with self._keys.open("a") as keys:
            keys.write(f'{options},command="{forced}" {self._keygen(name)}')

    def argv(self, name: str, *words: str, options: tuple[str, ...] = ()) -> list[str]:
        """Give the words that call as somebody."""
        known = ("StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "IdentitiesOnly=yes", "BatchMode=yes")
        chosen = [word for option in (*known, "LogLevel=ERROR") for word in ("-o", option)]
        where = ["-p", str(self.port), f"{getpass.getuser()}@127.0.0.1"]
        return ["ssh", "-F", "none", *chosen, "-i", str(self.folder / name), *options, *where, *words]

    def asks(self, name: str, *words: str, options: tuple[str, ...] = ()) -> tuple[int, str, str]:
        """Ask for something without a terminal; exit status, what it gave and what it said."""
        done = subprocess.run(
            self.argv(name, *words, options=options),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=WITHIN * 2,
        )
        return done.returncode, done.stdout, done.stderr

    def calls(self, name: str, *words: str) -> Robot:
        """Call from a terminal."""
        return self.world.runs(self.argv(name, *words, options=("-t",)), 120, 32)


@pytest.fixture
def door(world: World) -> Iterator[Door]:
    world.up({"alpha": CAT, "beta": CAT})
    with Door(world) as door:
        yield door


def test_a_key_of_the_machines_own_sshd_shows_the_hive_under_its_role(door: Door) -> None:
    door.let_in("ann", "viewer")
    door.let_in("bob", "driver")
    ann = door.calls("ann")
    ann.sees("1 alpha", "2 beta", " viewer ")
    ann.types("i")
    ann.sees("You look on as a viewer")
    bob = door.calls("bob", "attach", "beta")
    bob.sees("2 beta", " driver ")
    assert "alpha  shell" not in bob.screen()
    bob.types("i")
    bob.sees("typing into 2 beta")
    bob.types("hello from bob")
    door.world.pane_sees("beta", "hello from bob")
    bob.types("\x1a")  # Ctrl-Z is the agent's
    bob.press("F12")
    screens = door.world.ask("people/watch")["screens"]
    assert {(one["seat"]["person"], one["seat"]["where"]) for one in screens} == {
        ("ann", "127.0.0.1"),
        ("bob", "127.0.0.1"),
    }
    bob.types("q")
    assert bob.exit_status() == 0
    assert "go on" in bob.screen()
    assert bob._ask("display-message", "-p", "#{alternate_on}#{mouse_any_flag}#{cursor_flag}").strip() == "001"


@pytest.mark.parametrize(
    "words",
    [
        ("sh",),
        ("status; sh",),
        ("status", "$(sh)"),
        ("send", "alpha", "x"),
        ("stop", "alpha"),
        ("hive", "hive", "status"),
        ("ssh-session", "--role", "owner"),
        ("why", "alpha", "--env"),
        ("attach", "alpha", "--role", "owner"),
        ("status '",),
    ],
)
def test_nothing_but_what_only_tells_can_be_asked_for(door: Door, words: tuple[str, ...]) -> None:
    door.let_in("ann", "owner")
    code, gave, said = door.asks("ann", *words)
    assert code == 2, said
    assert gave == ""
    assert said.strip()
    assert "Traceback" not in said


def test_what_only_tells_is_told_and_a_role_comes_from_the_line_of_the_key_alone(door: Door) -> None:
    door.let_in("ann", "viewer")
    code, gave, _ = door.asks("ann", "status", "--json", options=("-o", "SetEnv=HIVE_ROLE=owner LC_ROLE=owner"))
    assert code == 0
    assert '"role": "beta"' in gave
    assert door.asks("ann", "hive", "ls")[0] == 0
    code, _, said = door.asks("ann", "logs")
    assert (code, said.partition("\n")[0]) == (2, "logs needs the role owner; you have viewer.")


def test_without_a_terminal_the_person_is_told_so(door: Door) -> None:
    door.let_in("ann", "viewer", options="restrict")
    code, _, said = door.asks("ann")
    assert code == 2, said
    assert "There is no terminal to show the hive on." in said
    assert "`restrict` needs `pty`" in said


def test_no_file_is_fetched_and_nothing_is_forwarded(door: Door, tmp_path: Path) -> None:
    door.let_in("ann", "owner")
    assert door.asks("ann", options=("-s",))[0] != 0
    assert door.asks("ann", "sftp", options=("-s",))[0] != 0
    assert door.asks("ann", "ls", options=("-o", "ExitOnForwardFailure=yes", "-R", "0:127.0.0.1:1"))[0] != 0
    scp = subprocess.run(
        [
            "scp",
            "-O",
            *door.argv("ann")[1:-3],
            "-P",
            str(door.port),
            f"{getpass.getuser()}@127.0.0.1:/etc/passwd",
            str(tmp_path),
        ],
        capture_output=True,
    )
    assert scp.returncode != 0
    assert list(tmp_path.glob("passwd")) == []
