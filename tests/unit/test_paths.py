import json
import os
from pathlib import Path

import pytest

from hiveui.errors import HiveError, LayoutError
from hiveui.paths import MAX_SOCKET_PATH, Paths, master_socket, secure_folder

NAMES = [row["name"] for row in json.loads((Path(__file__).parents[1] / "data" / "names.json").read_text())]


@pytest.fixture
def paths(tmp_path):
    return Paths.find({"HOME": str(tmp_path / "home")})


def write_layout(place, name):
    place.mkdir(parents=True, exist_ok=True)
    (place / f"{name}.yaml").write_text("version: 1\n")
    return place / f"{name}.yaml"


def test_home_and_xdg_folders_of_its_own_isolate_a_hive(tmp_path):
    one = Paths.find({"HOME": "/h"})
    assert one.state == Path("/h/.local/state/hive")
    assert one.config == Path("/h/.config/hive")
    other = Paths.find({"HOME": "/h", "XDG_STATE_HOME": "/s", "XDG_CONFIG_HOME": "relative"})
    assert other.state == Path("/s/hive")
    assert other.config == one.config, "a relative XDG folder is ignored, as the specification says"


def test_a_long_state_folder_gets_a_short_folder_for_sockets_of_its_own():
    ways = [Paths.find({"HOME": "/" + letter * 120}) for letter in "ab"]
    assert ways[0].run != ways[1].run
    for way in ways:
        assert way.run.parent == Path("/tmp")
        assert len(os.fsencode(way.tmux_socket)) <= MAX_SOCKET_PATH
    assert Paths.find({"HOME": "/a"}).run == Path("/a/.local/state/hive/run")


@pytest.mark.parametrize("length", [1, 40, 60, 70, 80, 120])
def test_the_socket_of_a_connection_to_a_host_has_room_for_what_ssh_adds(length):
    way = Paths.find({"HOME": "/" + "a" * length})
    masters = {master_socket(way, host) for host in ("build", "build ", "b" * 20)}
    assert len(masters) == 3
    assert all(len(os.fsencode(master)) + 17 <= MAX_SOCKET_PATH for master in masters)


def test_a_secure_folder_is_made_for_this_user_alone(tmp_path):
    made = secure_folder(tmp_path / "a" / "run")
    assert made.stat().st_mode & 0o777 == 0o700
    assert secure_folder(made) == made


def test_a_folder_that_somebody_else_could_use_is_refused_with_the_mend(tmp_path):
    open_one = tmp_path / "open"
    open_one.mkdir()
    open_one.chmod(0o755)
    link = tmp_path / "link"
    link.symlink_to(tmp_path)
    file = tmp_path / "file"
    file.write_text("")
    for path in (open_one, link, file):
        with pytest.raises(HiveError) as caught:
            secure_folder(path)
        assert str(path) in str(caught.value)
        assert caught.value.hint


@pytest.mark.skipif(os.getuid() != 0, reason="only root can make a folder of another user")
def test_a_folder_of_another_user_is_refused(tmp_path):
    theirs = tmp_path / "theirs"
    theirs.mkdir(mode=0o700)
    os.chown(theirs, 65534, 65534)
    with pytest.raises(HiveError, match="another user"):
        secure_folder(theirs)


def test_the_nearest_layout_of_a_name_wins(paths, tmp_path):
    project = tmp_path / "project"
    assert paths.find_layout("team", project).parent == paths.shipped_layouts
    own = write_layout(paths.config / "layouts", "team")
    assert paths.find_layout("team", project) == own
    near = write_layout(project / ".hive" / "layouts", "team")
    assert paths.find_layout("team", project) == near


def test_an_unknown_layout_names_the_nearest(paths, tmp_path):
    with pytest.raises(LayoutError) as caught:
        paths.find_layout("teem", tmp_path)
    assert caught.value.hint == "Did you mean team?"


def test_a_layout_that_is_a_link_out_of_its_place_is_not_found(paths, tmp_path):
    place = tmp_path / ".hive" / "layouts"
    place.mkdir(parents=True)
    (tmp_path / "secret").write_text("password")
    (place / "evil.yaml").symlink_to(tmp_path / "secret")
    with pytest.raises(LayoutError):
        paths.find_layout("evil", tmp_path)


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_layout_name_finds_nothing_and_gets_one_printable_line(paths, tmp_path, name):
    with pytest.raises(LayoutError) as caught:
        paths.find_layout(name, tmp_path)
    assert str(caught.value).isprintable()
    assert caught.value.hint.isprintable()
