"""Paths that hooks tell of on another host, as they are here."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from hiveui.git.mirrors import Mirrored, Picture, read_picture
from hiveui.hive.mirrors import Mirror, Mirrors
from hiveui.model.agent import Agent, AgentId
from hiveui.model.reach import reach
from hiveui.model.turns import Happening, Hooked

FAR = Agent(AgentId("a"), "far", "claude", "box:shop", host="box")
HERE = "/state/mirrors/box/shop-1"


@pytest.fixture
def mirrors(tmp_path: Path) -> Mirrors:
    remote = SimpleNamespace(name="box", found=SimpleNamespace(home="/home/ann"))
    bus: Any = SimpleNamespace(state=SimpleNamespace(hosts={"box": None}, workspaces={}), listen=lambda _: None)
    hosts: Any = SimpleNamespace(find=lambda _: remote)
    nothing: Any = None
    made = Mirrors(tmp_path, bus, hosts, nothing, nothing)
    picture = Picture("/home/ann/shop", "refs/heads/main", "1" * 40, "2" * 40)
    one = Mirror("box", "/home/ann/shop", tmp_path, Mirrored(Path(HERE), "box-1"), picture)
    made._mirrors[made._key("box", "/home/ann/shop")] = one
    return made


def written(mirrors: Mirrors, tool: str, **given: str) -> set[str]:
    event = Hooked(Happening.TOOL, tool=tool, tool_input=given, folder="/home/ann/shop/web")
    seen = mirrors.told(FAR, event)
    found = reach(seen.tool, seen.tool_input, seen.folder)
    return set(found.names) if found is not None else set()


@pytest.mark.parametrize(
    ("command", "paths"),
    [
        ("echo x > page", {"web/page"}),
        ("echo x > /home/ann/shop/file", {"file"}),
        ("tee '/home/ann/shop/file'", {"file"}),
        ("cd /home/ann/shop && touch a b", {"a", "b"}),
    ],
)
def test_what_a_command_names_there_is_a_file_of_the_mirror(mirrors: Mirrors, command: str, paths: set[str]):
    assert written(mirrors, "Bash", command=command) == {f"{HERE}/{path}" for path in paths}


@pytest.mark.parametrize(
    "path",
    ["/home/ann/other", "/home/ann/shopping", "/home/ann/shop/../../../etc/hosts", "/work/shop/file", "/etc/hosts"],
)
def test_a_path_that_is_in_no_mirror_is_no_file_of_this_host(mirrors: Mirrors, path: str):
    assert all(name.startswith("/dev/null/") for name in written(mirrors, "Write", file_path=path, content="x"))
    assert written(mirrors, "Bash", command=f"echo x > {path}") == set()
    assert not {path, f"{HERE}/{path}"} & written(mirrors, "Bash", command=f"echo x >{path}")


def test_an_agents_folder_is_that_of_its_mirror(mirrors: Mirrors):
    assert mirrors.seen(FAR).dir == HERE
    assert mirrors.seen(Agent(AgentId("b"), "near", "claude", "/work")).dir == "/work"


@pytest.mark.parametrize(
    "said",
    [
        "gone\n",
        "none\n",
        "",
        f"rel\nrefs/heads/main\n{'1' * 40}\n{'2' * 40}\n",
        f"/top\n--upload-pack=x\n{'1' * 40}\n{'2' * 40}\n",
        f"/top\nrefs/heads/main\n{'1' * 40}\n--exec\n",
        f"/top\nrefs/heads/main\nHEAD\n{'2' * 40}\n",
    ],
)
def test_what_a_host_prints_is_not_believed(said: str):
    assert read_picture(said.encode()) is None
