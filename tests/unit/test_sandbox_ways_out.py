"""What a sandbox holds: ways out of it, tried from inside, none of which succeeds."""

import json
import os
import pty
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from hiveui.agents.sandboxes.templates import sandboxes, trouble
from hiveui.model.box import OPEN, Box
from tests.boxes import Yard

pytestmark = pytest.mark.skipif(
    bool(trouble(sandboxes()["bubblewrap"], os.environ)), reason="bubblewrap does not work here"
)

WAYS = r"""
import ctypes, fcntl, json, os, socket, subprocess, sys, termios, urllib.request
top, port, pid, abstract = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
here, out, libc = f"{top}/checkout", {}, ctypes.CDLL(None, use_errno=True)
def way(name):
    def tried(work):
        try:
            out[name] = "held" if work() == "held" else "done"
        except Exception as error:
            out[name] = repr(error)
    return tried
def call(number):
    if number < 0:
        raise OSError(ctypes.get_errno(), "refused")
def stream(family, address):
    with socket.socket(family) as s:
        s.settimeout(2)
        s.connect(address)
@way("home")
def _(): open(f"{top}/home/.ssh/key").read()
@way("home by ..")
def _(): open(f"{here}/../home/.ssh/key").read()
@way("another checkout")
def _(): open(f"{top}/hive/other/code").read()
@way("plan")
def _(): open(f"{top}/hive/sandboxes/a-1/plan.json").read()
@way("new name beside")
def _():
    open(f"{top}/left", "w").write("x")
    return "held"  # in a folder that is made for the sandbox alone: the test looks for it outside
@way("symlink")
def _():
    os.symlink(f"{top}/home/.ssh/key", f"{here}/link")
    open(f"{here}/link").read()
@way("proc root")
def _(): open(f"/proc/self/root{top}/home/.ssh/key").read()
@way("proc cwd")
def _(): open(f"/proc/self/cwd/../home/.ssh/key").read()
@way("another's root")
def _(): open(f"/proc/{pid}/root{top}/home/.ssh/key").read()
@way("root of the first process")
def _(): open(f"/proc/1/root{top}/home/.ssh/key").read()
@way("ptrace")
def _(): call(libc.ptrace(16, pid, 0, 0))
@way("kill")
def _(): os.kill(pid, 0)
@way("system")
def _(): open("/usr/bin/hiveui-left", "w")
@way("etc")
def _(): open("/etc/hiveui-left", "w")
@way("kernel's settings")
def _(): open("/proc/sys/kernel/core_pattern", "r+")
@way("mount anew")
def _(): call(libc.mount(b"none", b"/usr", None, 32 | 4096, None))
@way("take a mount away")
def _(): call(libc.umount2(b"/usr", 2))
@way("namespaces again")
def _():
    words = ["unshare", "-Urm", "sh", "-c", f"mount -o remount,rw,bind /usr && touch /usr/hiveui-left"]
    if subprocess.run(words, capture_output=True).returncode: raise OSError("refused")
@way("device")
def _(): call(libc.mknod(f"{here}/disk".encode(), 0o60600, os.makedev(8, 0))); open(f"{here}/disk", "rb").read(1)
@way("abstract socket")
def _(): stream(socket.AF_UNIX, f"\0{abstract}")
@way("socket beside")
def _(): stream(socket.AF_UNIX, f"{top}/hive/socket")
@way("loopback")
def _(): stream(socket.AF_INET, ("127.0.0.1", port))
@way("internet")
def _(): stream(socket.AF_INET, ("192.0.2.1", 443))
@way("resolver")
def _():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.sendto(b"x", ("192.0.2.53", 53))
@way("packets")
def _(): socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 3)
@way("another host by the proxy")
def _(): urllib.request.urlopen("http://192.0.2.1/", timeout=5)
@way("another port by the proxy")
def _(): urllib.request.urlopen(f"http://127.0.0.2:{port + 1}/", timeout=5)
@way("the name of loopback by the proxy")
def _():
    with socket.create_connection(("127.0.0.1", 3128), 5) as s:
        s.sendall(f"CONNECT localhost:{port} HTTP/1.1\r\n\r\n".encode())
        if b" 200 " not in s.recv(4096): raise OSError("refused")
@way("type into the terminal")
def _(): fcntl.ioctl(0, termios.TIOCSTI, b"x")
@way("type into the console")
def _(): fcntl.ioctl(0, 0x541C, b"\x03x")
@way("request of 64 bits")
def _(): call(libc.syscall({"x86_64": 16}.get(os.uname().machine, 29), 0, 0x100005412, b"x"))
@way("keys of the kernel")
def _(): call(libc.syscall({"x86_64": 250}.get(os.uname().machine, 219), 0, -3, 1, 0, 0))
@way("inherited descriptors")
def _():
    left = [fd for fd in map(int, os.listdir("/proc/self/fd")) if fd > 2 and os.path.exists(f"/proc/self/fd/{fd}")]
    if not left: return "held"
@way("more rights")
def _():
    status = dict(line.split(":\t", 1) for line in open("/proc/self/status").read().splitlines() if ":\t" in line)
    if (int(status["CapEff"], 16), int(status["CapPrm"], 16), status["NoNewPrivs"]) == (0, 0, "1"): return "held"
@way("its own")
def _(): open(f"{here}/mine", "w").write("x")
@way("its home")
def _(): open(os.path.expanduser("~/mine"), "w").write("x")
@way("its own loopback")
def _():
    with socket.create_server(("127.0.0.1", 0)) as s: stream(socket.AF_INET, s.getsockname())
@way("what is named")
def _(): urllib.request.urlopen(f"http://127.0.0.2:{port}/", timeout=5).read()
open(f"{here}/said.json", "w").write(json.dumps(out))
"""
OPEN_TO_IT = {"its own", "its home", "its own loopback", "what is named"}


class _Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def page(address: str = "127.0.0.2") -> Iterator[int]:
    """Serve a page on an address of loopback, and say on which port."""
    with ThreadingHTTPServer((address, 0), _Page) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.server_address[1]
        server.shutdown()


@pytest.mark.timeout(120)
def test_no_way_leads_out_of_a_sandbox(tmp_path: Path) -> None:
    yard = Yard(tmp_path)
    name = f"hiveui-test-{os.getpid()}"
    with page() as port, socket.socket(socket.AF_UNIX) as abstract, socket.socket(socket.AF_UNIX) as beside:
        abstract.bind(f"\0{name}")
        abstract.listen()
        beside.bind(os.path.relpath(tmp_path / "hive/socket"))
        beside.listen()
        box = Box(hosts=(f"127.0.0.2:{port}",))
        words = yard.words([sys.executable, "-I", "-c", WAYS, str(tmp_path), str(port), str(os.getpid()), name], box)
        secret = os.open(tmp_path / "home/.ssh/key", os.O_RDONLY)
        os.set_inheritable(secret, True)
        master, slave = pty.openpty()
        done = subprocess.run(
            words, stdin=slave, capture_output=True, env=yard.variables(box), close_fds=False, timeout=100, check=False
        )
        for descriptor in (master, slave, secret):
            os.close(descriptor)
    assert done.returncode == 0, done.stderr + done.stdout
    tried = json.loads((yard.checkout / "said.json").read_text())
    assert {way for way, how in tried.items() if how == "done"} == OPEN_TO_IT, tried
    assert len(tried) == 38
    assert not (tmp_path / "left").exists()
    refused = [json.loads(line) for line in yard.folders.refused.read_text().splitlines()]
    assert refused == ["192.0.2.1", f"127.0.0.2:{port + 1}", f"localhost:{port}"]


def test_a_sandbox_leaves_nothing_behind_when_it_is_killed(tmp_path: Path) -> None:
    yard = Yard(tmp_path)
    mark = f"1{os.getpid()}9"
    box = Box(hosts=("example.org",))
    words = yard.words(["sh", "-c", f"echo up; setsid sleep {mark}"], box)
    with subprocess.Popen(words, stdout=subprocess.PIPE, env=yard.variables(box)) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"up\n"
        process.kill()
    left = [str(yard.folders.plan), mark]
    for _ in range(200):
        found = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
        if not any(word in line for word in left for line in found.splitlines()):
            return
        threading.Event().wait(0.05)
    pytest.fail("something of the sandbox goes on")


def test_signals_are_for_the_program_which_ends_in_its_own_time(tmp_path: Path) -> None:
    yard = Yard(tmp_path)
    script = "trap 'sleep 0.3; echo ended >ended; exit 7' HUP; echo up; while :; do sleep 0.1; done"
    with subprocess.Popen(
        yard.words(["sh", "-c", script]), stdout=subprocess.PIPE, env=yard.variables(), start_new_session=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"up\n"
        os.killpg(process.pid, 1)
        assert process.wait(20) == 7
    assert (yard.checkout / "ended").exists()


def test_work_is_committed_in_a_sandbox_and_what_git_runs_stays_as_it_is(tmp_path: Path) -> None:
    yard = Yard(tmp_path)
    git = "git -c user.name=a -c user.email=a@b -c safe.directory=*"
    subprocess.run(["git", "init", "-q", "."], cwd=yard.checkout, check=True)
    yard.git = yard.checkout / ".git"
    script = (
        f"echo new >file && {git} add -A && {git} commit -qm new && {git} log --oneline | wc -l;"
        "echo bad >.git/hooks/post-checkout && echo made; git config core.fsmonitor ./bad && echo set"
    )
    done = subprocess.run(
        yard.words(["sh", "-c", script]), capture_output=True, text=True, env=yard.variables(), timeout=60, check=False
    )
    assert done.stdout.split() == ["1"], done.stderr


def test_a_sandbox_with_an_open_network_has_this_machines_own(tmp_path: Path) -> None:
    yard = Yard(tmp_path)
    script = "import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1], timeout=5).read())"
    with page() as port:
        words = yard.words([sys.executable, "-I", "-c", script, f"http://127.0.0.2:{port}/"], Box(network=OPEN))
        done = subprocess.run(words, capture_output=True, text=True, env=yard.variables(), timeout=60, check=False)
    assert done.stdout == "b'ok'\n", done.stderr
