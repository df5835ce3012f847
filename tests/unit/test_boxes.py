"""Sandboxes: what layouts and templates may say, what becomes of it, and the proxy that is the way out."""

import json
import os
import socket
import subprocess
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hiveui.agents.sandboxes.gate import read_plan
from hiveui.agents.sandboxes.proxy import Goal, Proxy, Rules, goal_of, is_public
from hiveui.agents.sandboxes.relay import PORT
from hiveui.agents.sandboxes.templates import read_template, sandboxes, trouble
from hiveui.errors import ConfigError, LayoutError, MachineError
from hiveui.model.agent import WorkspaceId
from hiveui.model.box import OFF, Box, Boxed, Needs, box_of, written
from hiveui.model.layout import AgentSpec
from hiveui.model.sandbox import MOST, AgentBoxed, Standing, WayRefused, fold
from hiveui.storage.layouts import parse_layout
from hiveui.storage.revise import fresh
from tests.boxes import Yard

W = WorkspaceId("w-1")


def spec_of(sandbox: object) -> AgentSpec:
    data = {"version": 1, "name": "x", "agents": {"a": {"sandbox": sandbox}}}
    return parse_layout(json.dumps(data).encode(), "f.yaml", ("shell",)).agents[0]


boxes = st.builds(
    Box,
    network=st.just(""),
    hosts=st.lists(st.sampled_from(["pypi.org", "*.x.org:8443", "[::1]:80", "127.0.0.1"]), max_size=3).map(tuple),
    read=st.lists(st.sampled_from(["~/models", "/data"]), max_size=2).map(tuple),
    image=st.sampled_from(["", "me/claude:1"]),
    socket=st.booleans(),
) | st.builds(Box, network=st.sampled_from(["off", "open"]))


@given(boxes)
def test_what_a_layout_says_of_a_sandbox_is_read_as_it_was_written(box: Box) -> None:
    assert box_of(written("bubblewrap", box)) == ("bubblewrap", box)
    spec = spec_of(written("bubblewrap", box))
    assert (spec.sandbox, spec.box) == ("bubblewrap", box)
    layout = parse_layout(
        json.dumps({"version": 1, "name": "x", "agents": {"a": {"sandbox": written("bubblewrap", box)}}}).encode(),
        "f.yaml",
        ("shell",),
    )
    assert parse_layout(fresh(layout), "f.yaml", ("shell",)).agents == layout.agents


@pytest.mark.parametrize(
    ("sandbox", "why"),
    [
        ({"network": "off"}, "lacks `use`"),
        ({"use": "bubblewrap", "net": "off"}, "no field 'net'"),
        ({"use": "bubblewrap", "network": "on"}, "cannot be 'on'"),
        ({"use": "bubblewrap", "network": ["https://x.org"]}, "cannot be 'https://x.org'"),
        ({"use": "bubblewrap", "network": ["*"]}, "cannot be '*'"),
        ({"use": "bubblewrap", "network": ["a.*.org"]}, "cannot be"),
        ("Bubble Wrap", "cannot be 'Bubble Wrap'"),
    ],
)
def test_a_sandbox_that_cannot_be_meant_is_refused_with_a_sentence(sandbox: object, why: str) -> None:
    with pytest.raises(LayoutError) as caught:
        spec_of(sandbox)
    assert why in str(caught.value)


def test_a_kinds_hosts_are_reached_unless_the_network_is_off_and_what_is_named_comes_besides() -> None:
    needs = Needs(hosts=("api.anthropic.com",))
    assert Boxed("b", Box(), needs).hosts == ("api.anthropic.com",)
    assert Boxed("b", Box(hosts=("pypi.org",)), needs).hosts == ("api.anthropic.com", "pypi.org")
    assert Boxed("b", Box(network=OFF), needs).hosts == ()


@pytest.mark.parametrize(
    ("rule", "asked", "let"),
    [
        ("example.org", "example.org:443", True),
        ("example.org", "EXAMPLE.org.:80", True),
        ("example.org", "example.org:22", False),
        ("example.org:22", "example.org:22", True),
        ("example.org:22", "example.org:443", False),
        ("example.org", "a.example.org:443", False),
        ("example.org", "example.org.evil.net:443", False),
        ("example.org", "evilexample.org:443", False),
        ("*.example.org", "a.b.example.org:443", True),
        ("*.example.org", "example.org:443", False),
        ("*.example.org", "evilexample.org:443", False),
        ("127.0.0.1", "0x7f000001:443", False),
        ("127.0.0.1:8080", "127.0.0.1:8080", True),
        ("[::1]:8080", "[::1]:8080", True),
    ],
)
def test_a_name_is_let_through_only_as_it_is_named(rule: str, asked: str, let: bool) -> None:
    goal = goal_of(asked, 443)
    assert goal is not None
    assert Rules([rule]).allow(goal) is let


@pytest.mark.parametrize("asked", ["", "x y:443", "x:0x50", "x:70000", "http://x", "x:443:443", "a@b:443", "x\x00:443"])
def test_what_is_no_host_is_none(asked: str) -> None:
    assert goal_of(asked, 443) is None


@pytest.mark.parametrize(
    "address",
    [
        *(
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
        ),
        *("::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fec0::1", "ff02::1", "::ffff:127.0.0.1", "2002:7f00:1::"),
        *("64:ff9b::7f00:1", "255.255.255.255", "no address"),
    ],
)
def test_addresses_of_this_machine_and_of_private_networks_are_not_public(address: str) -> None:
    assert not is_public(address)
    assert is_public("1.1.1.1")
    assert is_public("2606:4700::1111")


def test_a_name_that_leads_to_a_private_address_is_refused_unless_that_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answer = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (where, 443)) for where in ("10.0.0.1", "1.1.1.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answer)
    goal = Goal("example.org", 443)
    assert Rules(["example.org"]).places(goal) == [(socket.AF_INET, "1.1.1.1")]
    assert len(Rules(["example.org", "10.0.0.1"]).places(goal)) == 2


@given(st.binary(max_size=300))
def test_the_proxy_answers_whatever_it_is_sent_and_lets_none_of_it_through(sent: bytes) -> None:
    ours, theirs = socket.socketpair()
    refused: list[str] = []
    with ours, theirs:
        ours.sendall(sent + b"\r\n\r\n")
        ours.shutdown(socket.SHUT_WR)
        Proxy([], refused.append).handle(theirs)
        theirs.close()
        assert ours.recv(4096).startswith((b"HTTP/1.1 400", b"HTTP/1.1 403"))


def test_a_request_is_handed_on_without_what_is_for_the_proxy_alone_and_to_the_host_of_its_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        ours, theirs = socket.socketpair()
        proxy = Proxy([f"127.0.0.1:{port}"], print)
        thread = threading.Thread(target=proxy.handle, args=(theirs,), daemon=True)
        thread.start()
        head = (
            f"GET http://127.0.0.1:{port}/a?b HTTP/1.1\r\nHost: elsewhere\r\nProxy-Authorization: x\r\nA: b\r\n\r\nrest"
        )
        ours.sendall(head.encode())
        taken, _ = server.accept()
        with taken, ours:
            taken.settimeout(10)
            wanted = f"GET /a?b HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\nA: b\r\n\r\nrest".encode()
            said = b""
            while len(said) < len(wanted):
                said += taken.recv(4096)
            assert said == wanted
            taken.sendall(b"answer")
            taken.close()
            ours.settimeout(10)
            assert ours.recv(100) == b"answer"
        thread.join(10)
        assert not thread.is_alive()


def test_hosts_are_remembered_once_and_not_without_bound() -> None:
    state = fold({}, AgentBoxed(W, "a", Standing("bubblewrap", "…")))
    for number in range(MOST + 20):
        state = fold(state, WayRefused(W, "a", (f"h{number}", "h0")))
    assert len(state["a"].refused) == MOST
    assert fold(state, WayRefused(W, "b", ("x",))) == state
    assert fold(state, AgentBoxed(W, "a", None)) == {}


@pytest.mark.parametrize("use", ["docker", "podman"])
def test_a_container_is_run_with_its_checkout_its_home_and_no_network(use: str, tmp_path: Path) -> None:
    """There is no container engine here: a stand-in records its argv and its environment."""
    program = tmp_path / "bin" / use
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" >{tmp_path}/argv\nenv >{tmp_path}/env\n')
    program.chmod(0o755)
    env = {"PATH": f"{program.parent}:{os.environ['PATH']}", "HIVE_TOKEN": "secret", "LANG": "C.UTF-8"}
    yard = Yard(tmp_path, env=env)
    assert trouble(sandboxes()[use], env) == ""
    box = Box(image="me/claude:1", hosts=("example.org",))
    subprocess.run(yard.words(["claude", "--resume", "x y"], box, use), env=yard.variables(box), check=True, timeout=60)
    said = (tmp_path / "argv").read_text().splitlines()
    assert said[0] == "run"
    assert "secret" not in said
    options = said[: said.index("me/claude:1")]
    assert options[options.index("--network") + 1] == "none"
    assert {"--read-only", "no-new-privileges", "ALL"} <= set(options)
    named = {options[i + 1] for i, word in enumerate(options) if word == "--env"}
    assert {"HIVE_TOKEN", "LANG", f"HOME={yard.folders.home}", f"https_proxy=http://127.0.0.1:{PORT}"} <= named
    ours = dict(line.partition("=")[::2] for line in (tmp_path / "env").read_text().splitlines())
    assert ours["HOME"] == os.environ["HOME"]  # it finds its images there
    assert ours["HIVE_TOKEN"] == "secret"
    assert ours.get("https_proxy") == os.environ.get("https_proxy")
    mounts = {options[i + 1] for i, word in enumerate(options) if word == "--mount"}
    place = yard.checkout
    assert f"type=bind,source={place},target={place}" in mounts
    assert f"type=bind,source={yard.folders.gate},target=/run/hive,readonly" in mounts
    assert sum(not mount.endswith(",readonly") for mount in mounts) == 2
    inner = said[said.index("me/claude:1") + 1 :]
    assert (inner[:3], inner[-4:]) == (["python3", "-I", "-S"], ["3128", "claude", "--resume", "x y"])


def test_what_cannot_be_held_is_not_run(tmp_path: Path) -> None:
    yard = Yard(tmp_path)
    for box, use, why in (
        (Box(), "docker", "needs `image:`"),
        (Box(image="x"), "bubblewrap", "has no images"),
        (Box(read=("/nowhere/at/all",)), "bubblewrap", "is not there"),
        (Box(read=(str(tmp_path),)), "bubblewrap", "holds what no sandbox may show"),
    ):
        with pytest.raises(MachineError) as caught:
            yard.words(["true"], box, use)
        assert why in str(caught.value)


def test_a_template_of_ones_own_stands_over_a_shipped_one_and_is_read_strictly(tmp_path: Path) -> None:
    shipped = (Path(read_template.__code__.co_filename).parent / "bubblewrap.toml").read_text()
    own = tmp_path / "bubblewrap.toml"
    own.write_text(shipped.replace('title = "bubblewrap"', 'title = "mine"'))
    assert sandboxes(tmp_path)["bubblewrap"].title == "mine"
    for change, why in (
        (("version = 1", "version = 2"), "first key"),
        (("{from}", "{form}"), "nothing is known for {form} in `read`"),
        (("offline", "online"), "no key 'online'"),
        (('folder = ["--chdir", "{folder}"]', "folder = []"), "`folder` is empty"),
    ):
        own.write_text(shipped.replace(*change, 1))
        with pytest.raises(ConfigError) as caught:
            sandboxes(tmp_path)
        assert why in str(caught.value)


def test_a_plan_is_read_as_it_was_written(tmp_path: Path) -> None:
    yard = Yard(tmp_path)
    words = yard.words(["true", "\udcff"], Box(hosts=("example.org",), socket=True))
    plan = read_plan(words[-1])
    assert (plan.words[-1], plan.allow, plan.hive) == ("\udcff", ("example.org",), str(tmp_path / "hive/socket"))
