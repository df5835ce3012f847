"""The commands on layout files: what they print, ask, write and keep."""

import json
import os
import shlex
import sys
from pathlib import Path

import pytest
import test_cli
from test_cli import ACTS_ON_A_TERMINAL, Daemon

from hiveui.hive.services import read_for
from hiveui.paths import Paths
from hiveui.storage.shelf import GENERATIONS, Shelf

daemon, hive, home, person = test_cli.daemon, test_cli.hive, test_cli.home, test_cli.person

ONE = "version: 1\nname: one  # mine\ndescription: First.\nagents: {a: , b: }\n"
SESSION = "session_name: dev\nbefore_script: x\nwindows: [{window_name: w, panes: [ls, pwd]}]\n"


def layout(folder: Path, name: str = "one", text: str = ONE) -> Path:
    file = folder / f"{name}.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


def places(home: Path) -> tuple[Path, Path]:
    return home / "shop" / ".hive" / "layouts", home / ".config" / "hive" / "layouts"


def kept() -> list[bytes]:
    return [path.read_bytes() for path in sorted((Paths.find(os.environ).state / "layouts").glob("*"))]


def editor(monkeypatch, code: str) -> None:
    """Have the editor run a line of Python, with the file's path in `file`."""
    line = f"import sys, pathlib; file = pathlib.Path(sys.argv[1]); {code}"
    monkeypatch.setenv("VISUAL", shlex.join([sys.executable, "-c", line]))


# the list


def test_layouts_are_listed_nearest_first_and_a_shadowed_one_says_so(home, hive):
    project, mine = places(home)
    layout(project)
    layout(mine)
    layout(mine, "pair", ONE.replace("name: one", "name: pair"))
    layout(mine, "bad", "version: 1\nname: bad\nagnts: {}\n")
    code, out, err = hive("layouts", "--json")
    found = json.loads(out)["layouts"]
    assert (code, err) == (0, "")
    assert [(one["name"], one["origin"], one["shadowed"]) for one in found][:5] == [
        ("one", "project", False),
        ("bad", "yours", False),
        ("one", "yours", True),
        ("pair", "yours", False),
        ("demo", "shipped", False),
    ]
    assert [one["shadowed"] for one in found if (one["name"], one["origin"]) == ("pair", "shipped")] == [True]
    assert found[0]["agents"] == [{"role": "a", "kind": "shell"}, {"role": "b", "kind": "shell"}]
    assert found[1]["agents"] is None
    assert "Did you mean" not in found[1]["error"]
    assert "'agnts'" in found[1]["error"]
    code, out, err = hive("layouts")
    assert out.count("shadowed") == 2
    assert "bad.yaml:3:1" in err


def test_links_pipes_and_strange_names_are_no_layouts(home, hive, tmp_path):
    project, _ = places(home)
    outside = layout(tmp_path / "outside")
    project.mkdir(parents=True)
    (project / "link.yaml").symlink_to(outside)
    (project / "loop.yaml").symlink_to("loop.yaml")
    os.mkfifo(project / "pipe.yaml")
    layout(project, "a\x1b[2J")
    (project / "folder.yaml").mkdir()
    code, out, err = hive("layouts")
    assert code == 0
    assert "project" not in out
    assert not ACTS_ON_A_TERMINAL.search(out + err)


def test_services_are_shown_filled_in(home, hive):
    (home / "shop" / "services" / "api").mkdir(parents=True)
    code, out, _ = hive("layouts", "show", "services")
    assert code == 0
    assert "dir: services/api" in out
    assert "agents: services" not in out
    assert json.loads(hive("layouts", "show", "team", "--json")[1])["origin"] == "shipped"


# editing, renaming, removing


def test_a_shipped_layout_is_copied_before_it_is_edited_and_both_versions_are_kept(home, hive, monkeypatch):
    _, mine = places(home)
    editor(monkeypatch, "file.write_text(file.read_text().replace('team', 'crew'))")
    code, _, err = hive("layouts", "edit", "team")
    assert code == 0
    assert "is your copy" in err
    assert "name: crew" in (mine / "team.yaml").read_text()
    assert not (mine / "team.yaml").read_text().startswith("# yaml-language-server")
    assert [b"name: team" in text for text in kept()] == [True]
    assert "name: team" in (Paths.find(os.environ).shipped_layouts / "team.yaml").read_text()


def test_what_is_wrong_after_an_edit_is_said_and_edited_again_if_the_person_wants(home, hive, person, monkeypatch):
    _, mine = places(home)
    file = layout(mine)
    editor(monkeypatch, "file.write_text(file.read_text().replace('agents', 'agnts'))")
    assert hive("layouts", "edit", "one")[0] == 2
    assert file.read_text() != ONE, "what was written stays"
    file.write_text(ONE)
    turn = "text.replace('agnts', 'agents') if 'agnts' in text else text.replace('agents', 'agnts')"
    editor(monkeypatch, f"text = file.read_text(); file.write_text({turn})")
    asked = person("y")
    code, _, err = hive("layouts", "edit", "one")
    assert (code, asked) == (0, ["Edit it again? [y/N] "])
    assert "one.yaml:4:1" in err
    assert file.read_text() == ONE


def test_an_editor_that_is_not_there_is_a_sentence(home, hive, monkeypatch):
    layout(places(home)[1])
    monkeypatch.setenv("VISUAL", "/no/such/editor")
    code, _, err = hive("layouts", "edit", "one")
    assert code == 2
    assert "Set EDITOR" in err


def test_a_layout_is_renamed_in_its_file_too_and_nothing_is_written_over(home, hive):
    _, mine = places(home)
    layout(mine)
    layout(mine, "taken")
    assert hive("layouts", "mv", "one", "taken", "--yes")[0] == 2
    assert hive("layouts", "mv", "one", "../x", "--yes")[0] == 2
    assert hive("layouts", "mv", "pair", "mine", "--yes")[0] == 2
    assert hive("layouts", "mv", "one", "two")[0] == 2, "nobody can be asked"
    assert hive("layouts", "mv", "one", "two", "--yes")[0] == 0
    assert sorted(path.name for path in mine.iterdir()) == ["taken.yaml", "two.yaml"]
    assert (mine / "two.yaml").read_text() == ONE.replace("name: one", "name: two")


def test_a_removed_layout_is_kept_and_a_shipped_one_is_not_removed(home, hive, person):
    project, mine = places(home)
    layout(mine)
    nearer = layout(project, text=ONE.replace("First", "Nearer"))
    asked = person("n", "y")
    assert hive("layouts", "rm", "one")[0] == 2
    assert nearer.exists()
    assert hive("layouts", "rm", "one")[0] == 0
    assert not nearer.exists()
    assert all(str(nearer) in question for question in asked)
    assert [b"Nearer" in text for text in kept()] == [True]
    assert (mine / "one.yaml").exists()
    code, _, err = hive("layouts", "rm", "pair", "--yes")
    assert code == 2
    assert "came with HiveUI" in err


def test_the_last_versions_are_kept_and_no_more(home):
    shelf = Shelf(Paths.find(os.environ), home / "shop")
    file = shelf.place("x", project=False)
    for number in range(GENERATIONS + 5):
        shelf.write(file, b"%d" % number)
    shelf.write(file, file.read_bytes())
    assert sorted(map(int, kept())) == list(range(4, GENERATIONS + 4))
    assert [path.name for path in file.parent.iterdir()] == ["x.yaml"]


# writing


def test_init_writes_a_layout_of_the_services_and_never_over_a_file_unasked(home, hive, person):
    project, _ = places(home)
    (home / "shop" / "services" / "api").mkdir(parents=True)
    assert "dir: services/api" in hive("init", "--dry-run")[1]
    assert not project.exists()
    code, out, err = hive("init")
    assert (code, out) == (0, "")
    assert "`hive up shop` opens it" in err
    assert [spec.role for spec in read_for(home / "shop", project / "shop.yaml", ("claude",))[1].agents] == ["api"]
    layout(project, "shop")
    asked = person("n")
    assert hive("init")[0] == 2
    assert "Write over" in asked[0]
    assert (project / "shop.yaml").read_text() == ONE
    assert hive("init", "--force")[0] == 0
    assert kept() == [ONE.encode()]
    found = json.loads(hive("init", "other", "--json", "--dry-run")[1])
    assert found["services"] == [{"name": "api", "dir": "services/api", "run": []}]
    assert (found["written"], found["name"]) == (False, "other")


def test_init_does_not_write_out_of_the_project(home, hive, tmp_path):
    for target in (tmp_path, ".hive"):
        (home / "shop" / ".hive").unlink(missing_ok=True)
        (home / "shop" / ".hive").symlink_to(target)
        code, _, err = hive("init")
        assert code != 0
        assert "leads out of the project" in err or "cannot be saved" in err
    assert not (tmp_path / "layouts").exists()


def test_a_session_is_imported_with_what_is_left_out_said(home, hive):
    file = home / "dev.yaml"
    file.write_text(SESSION)
    _, mine = places(home)
    code, out, err = hive("layouts", "import", str(file), "--dry-run")
    assert (code, list(mine.parent.glob("*/*"))) == (0, [])
    assert "panes: [w, w-2]" in out
    assert "`before_script` of the session is not carried over." in err
    assert hive("layouts", "import", str(file))[0] == 0
    assert hive("layouts", "import", str(file))[0] == 2, "it is there already"
    found = json.loads(hive("layouts", "import", str(file), "--name", "other", "--project", "--json")[1])
    assert (found["file"], found["written"]) == (str(places(home)[0] / "other.yaml"), True)
    assert hive("layouts", "import", str(file), "--name", "../x")[0] == 2
    assert hive("layouts", "import", str(home))[0] == 2


# what runs

SHOWN = {
    "name": "one",
    "file": "/x/one.yaml",
    "new": False,
    "same": False,
    "diff": ["--- /x", "+++ /x", "+sizes: [2, 1]\x1b[2J"],
    "hash": "h1",
}


@pytest.fixture
def running(daemon: Daemon, home: Path) -> Daemon:
    daemon.add("shop", home / "shop", "one")
    daemon.answers |= {
        "layout/diff": SHOWN,
        "layout/save": {**SHOWN, "kept": "/k/one.1.yaml", "notes": ["A note."]},
        "workspace/plan": {"changes": [{"role": "one", "do": "restart"}]},
    }
    return daemon


def test_save_shows_the_difference_asks_and_saves_what_was_shown(running, hive, person):
    asked = person("y")
    code, out, err = hive("save", "one", "--project")
    assert code == 0
    assert "+sizes: [2, 1]␛[2J" in out
    assert asked == ["Save /x/one.yaml? [y/N] "]
    wanted = {"workspace": "w-0", "project": True, "name": "one"}
    assert running.params("layout/save") == [{**wanted, "hash": "h1"}]
    assert "The version before is /k/one.1.yaml.\nA note." in err


@pytest.mark.parametrize("answers", [["n"], []])
def test_save_writes_nothing_without_a_yes(running, hive, person, answers):
    if answers:
        person(*answers)
    assert hive("save")[0] == 2
    assert running.params("layout/save") == []


def test_save_as_json_is_one_document_and_asks_nothing_of_what_is_the_same(running, hive):
    assert json.loads(hive("save", "--yes", "--json")[1])["kept"] == "/k/one.1.yaml"
    running.answers["layout/diff"] = {**SHOWN, "same": True, "diff": []}
    code, out, _ = hive("save", "--json")
    assert (code, json.loads(out)["same"], json.loads(out)["kept"]) == (0, True, None)
    assert "nothing to save" in hive("save")[2]
    assert len(running.params("layout/save")) == 1


def test_diff_tells_what_save_would_change_and_who_runs_otherwise(running, hive):
    code, out, err = hive("layouts", "diff")
    assert code == 0
    assert "+sizes: [2, 1]" in out
    assert "one runs otherwise than the file says" in err
    assert json.loads(hive("layouts", "diff", "--json")[1])["changes"] == [{"role": "one", "do": "restart"}]
    assert running.params("layout/save") == []
