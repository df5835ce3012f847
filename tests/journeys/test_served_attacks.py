"""What is tried against a hive that is served over SSH, with the real client and without one."""

import contextlib
import os
import socket
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import psutil
import pytest

from tests.callers import Served
from tests.robot import CAT, COUNT, WITHIN, World
from tests.terminal import Terminal
from tests.waiting import promised, until

DENIED = "Permission denied (publickey)."


@pytest.fixture(scope="module")
def shared() -> Iterator[Served]:
    """A hive with two agents that is served, to an owner and a viewer."""
    with World() as world:
        world.up({"cat": CAT, "count": COUNT})
        with Served(world) as served:
            served.let_in("owner", "--role", "owner")
            served.let_in("viewer")
            yield served


@pytest.fixture
def served(shared: Served) -> Iterator[Served]:
    """The same for each test, without what others have left open."""
    yield shared
    shared.hang_up()


@pytest.fixture
def keys(served: Served) -> Iterator[Served]:
    """The same, whose key file is put back."""
    before = served.key_file.read_bytes()
    yield served
    served.key_file.write_bytes(before)
    served.key_file.chmod(0o600)


def line(served: Served, options: str, name: str = "guest") -> str:
    return f"{options} {served.public(name)}".strip()


# who comes in


def test_a_key_that_is_not_known_is_refused_and_nothing_but_keys_is_offered(served: Served) -> None:
    code, gave, said = served.ssh("stranger", "status")
    assert (code, gave) == (255, "")
    assert DENIED in said
    wanting = ("PreferredAuthentications password,keyboard-interactive,hostbased,none",)
    assert DENIED in served.ssh("owner", "status", options=wanting)[2]
    assert {one["why"] for one in served.audit("refused") if one["user"] == "stranger"} == {"it is not known"}


@pytest.mark.parametrize(
    "options",
    [
        'expiry-time="20200101"',
        'expiry-time="soon"',
        'from="10.0.0.0/8"',
        'from="localhost"',
        'from="127.0.0.0/8,!127.0.0.1"',
        'hive-role="admin"',
        'hive-role="owner",verify-required',
        'hive-role="owner",environment="A=b"',
        'hive-role="owner",command="sh"',
        'hive-role="owner",hive-role="viewer"',
        "hive-once,hive-used",
        "cert-authority",
        'unheard-of="of"',
    ],
)
def test_a_key_is_refused_by_what_its_options_say_and_by_what_is_not_understood(keys: Served, options: str) -> None:
    keys.write_keys(line(keys, options))
    assert DENIED in keys.ssh("guest", "ls")[2]


@pytest.mark.parametrize(
    "options",
    [
        "",
        'expiry-time="29990101",from="127.0.0.1,::1"',
        'restrict,pty,hive-role="driver",no-port-forwarding',
        "RESTRICT,no-X11-forwarding",
    ],
)
def test_a_key_is_let_in_by_options_that_allow_it(keys: Served, options: str) -> None:
    keys.write_keys("# mine", "", "rubbish", line(keys, options))
    assert keys.ssh("guest", "ls")[0] == 0


def test_a_file_that_others_can_write_lets_nobody_in(keys: Served) -> None:
    keys.key_file.chmod(0o620)
    assert DENIED in keys.ssh("owner", "ls")[2]
    keys.key_file.chmod(0o600)
    assert keys.ssh("owner", "ls")[0] == 0


def test_a_key_for_one_login_is_good_for_one(keys: Served) -> None:
    keys.let_in("once", "--once")
    assert keys.ssh("once", "ls")[0] == 0
    assert DENIED in keys.ssh("once", "ls")[2]


def test_certificates_are_good_for_whom_they_name_and_as_long_as_they_last(keys: Served) -> None:
    authority = keys.key("ca")
    keys.write_keys(f'cert-authority,hive-role="driver" {keys.public("ca")}')

    def signed(name: str, principals: str, *more: str) -> tuple[int, str, str]:
        key = keys.key(name)
        keys.keygen(
            "-q", "-s", str(authority), "-I", name, *(["-n", principals] if principals else []), *more, f"{key}.pub"
        )
        return keys.ssh(name, "ls", options=(f"CertificateFile {key}-cert.pub",))

    assert signed("dave", "dave,ops", "-V", "+1h")[0] == 0
    assert keys.audit("login")[-1]["role"] == "driver"
    assert DENIED in signed("erin", "dave", "-V", "+1h")[2]
    assert DENIED in signed("dave", "dave", "-V", "20200101:20200102")[2]
    assert DENIED in signed("dave", "")[2]
    assert DENIED in signed("dave", "dave", "-h")[2]
    (keys.folder / "dave-cert.pub").unlink()
    assert DENIED in keys.ssh("dave", "ls")[2]
    assert DENIED in keys.ssh("ca", "ls")[2]
    keys.write_keys(f'cert-authority,principals="ops" {keys.public("ca")}')
    assert signed("dave", "ops")[0] == 0
    assert keys.audit("login")[-1]["person"] == "ops"
    assert DENIED in signed("dave", "dave")[2]
    assert "is not done from here" in signed("dave", "ops", "-O", "force-command=sh")[2]


def test_one_connection_tries_few_keys(served: Served) -> None:
    options = [f"IdentityFile {served.key(f'k{n}')}" for n in range(9)]
    code, _, said = served.ssh("stranger", "ls", options=options)
    assert code == 255
    assert "Too many" in said
    assert served.ssh("k1", "ls", options=[*options[2:5], f"IdentityFile {served.key('owner')}"])[0] == 0


# what they may do


@pytest.mark.parametrize(
    "name", ["HIVE_ROLE", "hive-role", "HIVE_TOKEN", "XDG_STATE_HOME", "HOME", "PYTHONPATH", "PATH"]
)
def test_a_role_is_that_of_the_key_whatever_the_client_sets(served: Served, name: str) -> None:
    asked = (f"SetEnv {name}=owner",)
    assert served.ssh("viewer", "status", options=asked)[0] == 0
    code, _, said = served.ssh("viewer", "logs", options=asked)
    assert (code, "needs the role owner" in said) == (2, True)
    assert served.ssh("owner", "logs", options=asked)[0] == 0


@pytest.mark.parametrize(
    "words",
    [
        ("sh",),
        ("send", "cat", "rm -rf"),
        ("keys", "add", "-"),
        ("down", "--all"),
        ("status; sh",),
        ("hive", "hive", "status"),
        ("why", "cat", "--env"),
        ("scp", "-t", "/"),
        ("\x1b]0;evil\x07",),
        ("'",),
        ("status", "x" * 5000),
    ],
)
def test_only_what_tells_is_done_and_nothing_else_even_for_an_owner(served: Served, words: tuple[str, ...]) -> None:
    code, gave, said = served.ssh("owner", *words)
    assert (code, gave) == (2, "")
    assert "\x1b" not in said
    assert "Traceback" not in said
    assert served.ssh("owner", "hive", "status")[0] == 0


def test_without_a_terminal_there_is_a_sentence(keys: Served) -> None:
    code, gave, said = keys.ssh("owner", flags=("-T",))
    assert (code, gave) == (2, "")
    assert "no terminal" in said
    keys.write_keys(line(keys, "restrict"))
    robot = keys.calls("guest")
    robot.sees("PTY allocation request failed")
    assert robot.exit_status() == 255
    assert "no terminal" in keys.ssh("guest", flags=("-T",))[2]
    assert keys.ssh("guest", "ls")[0] == 0


class _Open(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"open")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def open_port() -> Iterator[int]:
    """A port on which somebody answers."""
    with HTTPServer(("127.0.0.1", 0), _Open) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def ask(port: int) -> bytes:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 3) as sock:
        sock.settimeout(3)
        sock.sendall(b"GET / HTTP/1.0\r\n\r\n")
        return b"".join(iter(lambda: sock.recv(4096), b""))
    return b""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as sock:
        return int(sock.getsockname()[1])


def test_nothing_is_forwarded_to_a_port_that_is_open(served: Served, open_port: int) -> None:
    assert b"open" in ask(open_port)
    local, remote, dynamic = free_port(), free_port(), free_port()
    sock = served.folder / "forwarded.sock"
    flags = (
        *("-L", f"{local}:127.0.0.1:{open_port}", "-D", str(dynamic)),
        *("-R", f"{remote}:127.0.0.1:{open_port}", "-L", f"{sock}:{served.world.paths.hive_socket}"),
    )
    with served.running("owner", "events", "-f", flags=flags) as process:
        until(lambda: ask(local) == b"" and process.stdout and process.stdout.readline(), what="the session")
        assert ask(remote) == b""
        assert ask(local) == b""
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as hive:
            hive.settimeout(3)
            hive.connect(str(sock))
            assert hive.recv(10) == b""
        process.terminate()
        said = process.communicate()[1].decode()
    assert "remote port forwarding failed" in said
    code, gave, _ = served.ssh("owner", flags=("-W", f"127.0.0.1:{open_port}"))
    assert (code, gave) == (255, "")
    assert served.ssh("owner", flags=("-N",), within=30)[0] == 255  # who asks for nothing is not kept


def test_neither_agents_nor_displays_are_forwarded_and_files_are_not_copied(served: Served) -> None:
    agent = served.folder / "agent"
    server = psutil.Process(served.process.pid)
    before = {one.laddr for one in server.net_connections("all")}
    options = ("ForwardAgent yes", f"IdentityAgent {agent}", "ForwardX11 yes", "SetEnv DISPLAY=:7")
    keeper = subprocess.Popen(["ssh-agent", "-D", "-a", str(agent)], stdout=subprocess.DEVNULL)
    try:
        until(agent.exists)
        with served.running(
            "owner", "events", "-f", options=options, flags=("-A", "-Y"), env={"DISPLAY": ":7"}
        ) as call:
            assert call.stdout is not None
            assert call.stderr is not None
            call.stdout.readline()
            (screen,) = served.screens()
            assert not {"DISPLAY", "SSH_AUTH_SOCK"} & psutil.Process(screen).environ().keys()
            assert {
                one.laddr
                for one in server.net_connections("all")
                if one.status == "LISTEN" or one.family == socket.AF_UNIX
            } <= before
            call.terminate()
            assert b"X11 forwarding request failed" in call.stderr.read()
    finally:
        keeper.kill()
        keeper.wait()
    for program in ("scp", "sftp"):
        argv = [
            program,
            "-F",
            str(served.config("owner")),
            *(["-O"] if program == "scp" else []),
            "hive:/etc/passwd",
            ".",
        ]
        done = subprocess.run(argv, env=served.world.env, cwd=served.folder, capture_output=True, timeout=WITHIN)
        assert done.returncode != 0
        assert not (served.folder / "passwd").exists()


def test_a_second_session_of_one_connection_is_refused(served: Served) -> None:
    master = served.folder / "master"
    options = ("ControlMaster auto", f"ControlPath {master}")
    with served.running("owner", "events", "-f", options=options) as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert "Session open refused by peer" in served.ssh("owner", "ls", options=options)[2]
        process.terminate()
        process.communicate(timeout=WITHIN)


# terminals


def size_of(pid: int) -> tuple[int, ...]:
    """Give the size of a process's terminal; nothing before it has one."""
    terminal = os.open(f"/proc/{pid}/fd/0", os.O_RDONLY | os.O_NOCTTY)
    try:
        return tuple(os.get_terminal_size(terminal))
    except OSError:
        return ()
    finally:
        os.close(terminal)


@pytest.mark.parametrize(("asked", "given"), [((0, 0), (80, 24)), ((65535, 65535), (500, 200)), ((1, 1), (1, 1))])
def test_a_terminal_of_any_size_is_given_one_within_bounds(
    served: Served, asked: tuple[int, int], given: tuple[int, int]
) -> None:
    with contextlib.closing(Terminal(served.argv("owner", flags=("-tt",)), served.world.env, *asked)) as terminal:
        (screen,) = until(served.screens, what="the screen")
        until(lambda: size_of(screen) == given, what=f"{given}")
        terminal.resize(100, 30)
        until(lambda: b"2 need" in terminal.screen or b"2 agents" in terminal.screen, what="the hive")
        until(lambda: size_of(screen) == (100, 30), what="another size")
        terminal.resize(*asked)
        until(lambda: size_of(screen) == given, what=f"{given} again")
        terminal.resize(100, 30)
        terminal.type(b"q")
        until(lambda: b"go on" in terminal.screen, what="the end")
    until(lambda: not served.screens(), what="the end of the screen")


@promised(5.0)
def test_a_key_that_is_taken_away_ends_its_session_and_restores_the_screen(keys: Served, within: float) -> None:
    def ends() -> list[str]:
        return [one["why"] for one in keys.audit("end") if one["person"] == "ann"]

    before = len(ends())
    keys.let_in("ann", "--role", "driver")
    ann, owner = keys.calls("ann"), keys.calls("owner")
    ann.sees("1 cat")
    owner.sees("1 cat")
    keys.world.done("keys", "rm", "ann")
    ann.sees("Your key is no longer good. Your agents go on.", within=within)
    assert ann._ask("display-message", "-p", "#{alternate_on}#{mouse_any_flag}#{cursor_flag}").strip() == "001"
    owner.press("?")
    owner.sees("Keys")
    owner.press("Escape")
    owner.misses("Keys")
    owner.leaves()
    until(lambda: len(ends()) > before, what="the end of her session")
    assert ends()[-1] == "Your key is no longer good."
