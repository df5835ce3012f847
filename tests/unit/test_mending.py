"""Mending rules: the file that a person begins from, and how it reads what was kept."""

import json
import tomllib
from pathlib import Path

import pytest
import test_cli

from hiveui.agents.rulebook import read_rules
from hiveui.config.mending import begin_rules, verdict
from hiveui.config.misreadings import keep
from hiveui.errors import ConfigError
from hiveui.hive.readers import Readers
from hiveui.model.agent import Agent
from hiveui.model.signs import AgentState
from hiveui.paths import Paths
from tests.recordings import recordings

hive, home = test_cli.hive, test_cli.home

S = AgentState
EVERY = [recording for recording in recordings() if "@" not in recording.name]


@pytest.fixture
def paths(tmp_path):
    return Paths.find({"HOME": str(tmp_path)})


def uncomment(file: Path) -> None:
    """Take the # away from the example, as its comment says."""
    head, mark, example = file.read_text("utf-8").partition("#\n# [[rule]]")
    file.write_text(head + (mark + example).replace("\n# ", "\n"), "utf-8")


@pytest.mark.parametrize("kind", sorted({recording.kind for recording in EVERY}))
def test_the_example_that_a_file_begins_with_reads_its_screen_as_the_person_said(paths, kind):
    for recording in (one for one in EVERY if one.kind == kind and one.rows and any(one.rows)):
        kept = keep(paths, kind, {"state": "idle"}, recording.rows, S.RETRYING)
        line = begin_rules(kept)
        assert read_rules(kept.rules).rules == ()
        assert len(kept.rules.read_text("utf-8").splitlines()) == line < 20
        uncomment(kept.rules)
        assert verdict(paths.rules, kept).state is S.RETRYING, recording.name
        kept.rules.unlink()


def test_a_file_that_is_there_is_never_written_over_and_hostile_text_stays_a_comment(paths):
    rows = ["\x1b[2J", "] = 1\x7f", 'end "\\ [[rule]] {a|b} <word> 7 #', "\u202e"]
    kept = keep(paths, "claude", {"state": 'idle"\n[[rule]]'}, rows, S.WORKING)
    begin_rules(kept)
    assert tomllib.loads(kept.rules.read_text("utf-8")) == {"version": 1}
    uncomment(kept.rules)
    assert verdict(paths.rules, kept).state is S.WORKING
    mine = kept.rules.read_text("utf-8")
    begin_rules(keep(paths, "claude", {}, rows, S.DONE))
    assert kept.rules.read_text("utf-8") == mine


def test_what_no_rule_can_say_is_said_and_a_rule_can_say_that_nothing_is_known(paths):
    screen = next(one for one in EVERY if one.kind == "claude" and one.name == "idle_start")
    kept = keep(paths, "claude", {}, screen.rows, S.STUCK)
    begin_rules(kept)
    assert "No rule can say stuck" in kept.rules.read_text("utf-8")
    assert verdict(paths.rules, kept).word == "wrong"
    kept.rules.write_text('version = 1\n[[rule]]\nstate = "unsure"\nsays = "x"\nfooter = "<word>"\n')
    assert verdict(paths.rules, kept) == (kept, verdict(paths.rules, kept).screen, S.UNSURE)
    assert verdict(paths.rules, kept).word == "right"


def test_checking_tells_which_screens_are_still_wrong_and_where_a_file_is(home, hive):
    paths = Paths.find({"HOME": str(home)})
    screen = next(one for one in EVERY if one.kind == "claude" and one.name == "idle_start")
    assert hive("wrong", "--check")[0] == 0
    keep(paths, "claude", {"state": "done", "source": "screen"}, screen.rows, S.IDLE)
    assert hive("wrong", "--check")[0] == 0
    keep(paths, "claude", {"state": "idle", "source": "screen"}, screen.rows, S.WORKING)
    code, out, _ = hive("wrong", "--check", "--json")
    found = json.loads(out)
    assert (code, found["wrong"], [one["verdict"] for one in found["screens"]]) == (1, 1, ["right", "wrong"])
    code, out, _ = hive("wrong", "--check")
    assert (code, out.splitlines()[2].split()[2:7]) == (1, ["idle", "screen", "working", "idle", "wrong"])
    (paths.rules / "claude.toml").write_text('version = 1\n\n[[rule]]\nstate = "workign"\nsays = "x"\ntail = "x"\n')
    code, _, said = hive("wrong", "--check")
    assert code == 2
    assert "claude.toml:4: there is no state 'workign' to be read. Did you mean working?" in said.replace("\n", " ")
    assert hive("wrong", "one", "--check")[0] == 2
    assert hive("wrong")[0] == 2


def test_a_fixture_that_is_none_is_named(home, hive):
    folder = Paths.find({"HOME": str(home)}).rules / "fixtures"
    folder.mkdir(parents=True)
    (folder / "claude-1.json").write_text("[]")
    code, _, said = hive("wrong", "--check")
    assert code == 1
    assert "claude-1.json is no screen that `hive wrong` kept." in said


def test_a_bad_file_keeps_what_it_said_before_and_says_where_it_is_wrong(tmp_path):
    said = []
    readers = Readers(tmp_path, said.append)
    agent, rows = Agent("a", "one", "claude", "/"), ["zorb"]
    file = tmp_path / "claude.toml"

    def state():
        readers.time_passed()
        sign = readers.reader(agent).screen(rows)
        return sign.state if sign else None

    assert state() is None
    file.write_text('version = 1\n[[rule]]\nstate = "working"\nsays = "it zorbs"\nscreen = "zorb"\n')
    assert state() is S.WORKING
    assert said == []
    file.write_text('version = 1\n[[rule]]\nstate = "done"\nsays = "it zorbs"\nscren = "zorb"\n')
    assert state() is S.WORKING
    assert len(said) == 1
    assert "claude.toml:5: there is no key 'scren'. Did you mean screen?" in said[0]
    file.unlink()
    assert state() is None
    with pytest.raises(ConfigError):
        read_rules(file)
