import os
import random
import resource
import signal
import statistics
import subprocess
import sys
import time

import pytest

from hiveui.errors import StorageError
from hiveui.model.agent import Agent
from hiveui.model.events import AgentAdded, Noticed, PromptDrafted, WorkspaceOpened
from hiveui.model.state import State
from hiveui.storage import eventlog
from hiveui.storage.eventlog import EventLog
from hiveui.storage.secrets import MASK

TOKEN = "ghp_" + "A1b2" * 9


@pytest.fixture
def open_log(tmp_path):
    opened = []

    def start(**limits):
        opened.append(EventLog(tmp_path / "events", **limits))
        return opened[-1]

    yield start
    for log in opened:
        try:
            os.close(log._file)
        except OSError:
            continue


def opened(name="one"):
    return WorkspaceOpened(name, name, f"/{name}", "team", "0" * 64, ())


def added(role, **fields):
    return AgentAdded("one", Agent(role, role, "shell", "/one", **fields))


def fill(log, count):
    return [log.append(Noticed(f"line {n}")) for n in range(count)]


def segments(folder):
    return sorted(folder.glob("events/*.jsonl"))


def test_the_state_is_the_fold_of_the_log(open_log):
    log = open_log()
    log.append(opened())
    record = log.append(added("a"), trace_id="1" * 32, span_id="2" * 16)
    again = open_log()
    assert (again.seq, again.state) == (2, log.state)
    assert again.state.workspaces["one"].role("a") is not None
    assert again.read() == log.read()
    assert again.read()[1] == record
    assert again.append(Noticed("x")).seq == 3


def test_a_snapshot_stands_for_what_came_before_it(open_log, tmp_path):
    log = open_log()
    log.append(opened())
    log.close()
    for path in segments(tmp_path):
        path.unlink()
    again = open_log()
    assert (again.seq, again.state) == (1, log.state)
    assert again.append(added("a")).seq == 2
    assert open_log().state == again.state


def test_pages_follow_each_other_without_gap_across_segments(open_log, tmp_path):
    log = open_log(segment=1000)
    fill(log, 100)
    assert len(segments(tmp_path)) > 5
    found, page = [], log.read(0, 7)
    while page:
        found += [record.seq for record in page]
        page = log.read(found[-1], 7)
    assert found == list(range(1, 101))


def test_old_segments_go_when_there_are_too_many_and_the_state_stays(open_log, tmp_path):
    log = open_log(segment=1000, total=5000, every=10)
    log.append(opened())
    fill(log, 300)
    assert sum(path.stat().st_size for path in segments(tmp_path)) < 7000
    assert log.read(0, 1)[0].seq > 100
    assert open_log().state == log.state
    assert len(list(tmp_path.glob("events/state-*.json"))) == eventlog.SNAPSHOTS


def test_a_record_is_for_this_user_alone(open_log, tmp_path):
    log = open_log()
    log.append(opened())
    log.close()
    assert {path.stat().st_mode & 0o077 for path in (tmp_path / "events").iterdir()} == {0}


def test_cut_anywhere_in_its_last_records_the_log_keeps_all_before(open_log, tmp_path):
    log = open_log()
    fill(log, 6)
    (path,) = segments(tmp_path)
    data = path.read_bytes()
    ends = [at for at, byte in enumerate(data, 1) if byte == ord("\n")]
    for size in range(ends[2], len(data)):
        path.write_bytes(data[:size])
        whole = sum(end <= size for end in ends)
        again = open_log()
        assert [record.seq for record in again.read()] == list(range(1, whole + 1))
        assert again.torn == (size not in ends)
        assert again.append(Noticed("next")).seq == whole + 1
        assert again.read()[-1].event == Noticed("next")


def test_a_flipped_bit_anywhere_is_skipped_counted_and_never_raised(open_log, tmp_path):
    log = open_log()
    fill(log, 3)
    (path,) = segments(tmp_path)
    data = path.read_bytes()
    second = range(data.index(b"\n") + 1, data.index(b"\n", data.index(b"\n") + 1))
    for at in second:
        damaged = bytearray(data)
        damaged[at] ^= 1 << at % 8
        path.write_bytes(damaged)
        again = open_log()
        assert [record.seq for record in again.read()] == [1, 3]
        assert again.skipped >= 1
        assert again.seq == 3


def test_a_damaged_snapshot_falls_back_to_the_one_before(open_log, tmp_path):
    log = open_log()
    log.append(opened())
    log.save_snapshot()
    log.append(added("a"))
    log.save_snapshot()
    newest = max(tmp_path.glob("events/state-*.json"))
    newest.write_bytes(newest.read_bytes().replace(b'"role":"a"', b'"role":"b"'))
    again = open_log()
    assert (again.state, again.skipped) == (log.state, 1)


def test_an_event_of_a_later_version_is_skipped_and_kept(open_log, tmp_path):
    log = open_log()
    fill(log, 1)
    (path,) = segments(tmp_path)
    later = {"v": 1, "seq": 2, "time": "", "event": {"type": "AgentFlew"}}
    path.write_bytes(path.read_bytes() + eventlog._seal(later))
    again = open_log()
    assert (again.skipped, again.torn, len(again.read())) == (1, 0, 1)
    assert b"AgentFlew" in path.read_bytes()


def test_secrets_are_masked_in_what_is_kept_returned_and_folded(open_log, tmp_path):
    log = open_log()
    log.append(opened())
    record = log.append(added("a", argv=("run", "--token", TOKEN), note=f"X_TOKEN={TOKEN}"))
    assert record.event.agent.argv == ("run", "--token", MASK)
    log.close()
    assert log.state == open_log().state
    for path in (tmp_path / "events").iterdir():
        assert TOKEN.encode() not in path.read_bytes()


def test_a_full_disk_is_said_changes_nothing_and_heals(open_log, tmp_path):
    log = open_log()
    log.append(opened())
    size = segments(tmp_path)[0].stat().st_size
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    old = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        for room in (0, 1, 40):
            resource.setrlimit(resource.RLIMIT_FSIZE, (size + room, before[1]))
            with pytest.raises(StorageError, match="cannot be written"):
                log.append(added("a"))
            assert (log.seq, segments(tmp_path)[0].stat().st_size) == (1, size)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, old)
    assert log.append(added("a")).seq == 2
    assert open_log().state == log.state


def test_a_snapshot_that_cannot_be_saved_stops_no_event(open_log, monkeypatch):
    log = open_log(segment=1000, every=1)

    def full(*_):
        raise StorageError("no room")

    with monkeypatch.context() as patched:
        patched.setattr(eventlog.atomic, "write", full)
        fill(log, 30)
    assert [record.seq for record in open_log().read()] == list(range(1, 31))


def test_a_folder_that_cannot_be_used_is_a_storage_error(tmp_path):
    (tmp_path / "events").write_text("")
    with pytest.raises(StorageError, match="cannot be used"):
        EventLog(tmp_path / "events")


def test_an_empty_folder_is_an_empty_state(open_log):
    log = open_log()
    assert (log.seq, log.state, log.read()) == (0, State(), [])


WRITER = """
import sys
from pathlib import Path
from hiveui.model.events import Noticed
from hiveui.storage.eventlog import EventLog
log = EventLog(Path(sys.argv[1]), segment=20_000, every=50)
while True:
    print(log.append(Noticed("x" * 200)).seq, flush=True)
"""


def test_killed_at_any_moment_every_event_that_was_told_is_there(open_log, tmp_path):
    told = 0
    for _ in range(8):
        writer = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path / "events")], stdout=subprocess.PIPE)
        for _ in range(150):
            told = int(writer.stdout.readline())
        writer.kill()
        told = max([told, *map(int, writer.stdout.read().split(b"\n")[:-1])])
        writer.wait()
        writer.stdout.close()
        log = open_log()
        assert log.seq >= told
        assert (log.torn, log.skipped) in {(0, 0), (1, 0)}
    assert [record.seq for record in log.read(0, 100_000)] == list(range(1, log.seq + 1))


def test_the_last_ten_states_are_kept_and_a_damaged_newest_one_falls_back_and_says_so(open_log, tmp_path):
    log = open_log(every=5)
    log.append(opened())
    fill(log, 99)
    kept = sorted(tmp_path.glob("events/state-*.json"))
    assert len(kept) == 10
    for path in kept[4:]:
        path.write_bytes(path.read_bytes()[:-9])
    again = open_log()
    assert (again.seq, again.state) == (log.seq, log.state)
    assert again.damage.startswith("6 damaged parts")
    assert again.saved == again.read(99)[0].time
    assert open_log().damage, "it is said until they are replaced"


def test_what_waits_for_the_disk_is_done_aside_in_order(open_log, tmp_path):
    waiting = []
    log = open_log(every=5, aside=waiting.append)
    log.append(opened())
    fill(log, 9)
    log.sync()
    log.sync()
    assert len(waiting) == 3, "two states, and what was not synced yet"
    assert list(tmp_path.glob("events/state-*.json")) == []
    for work in waiting:
        work()
    assert [path.stem for path in sorted(tmp_path.glob("events/state-*.json"))] == [f"state-{n:012d}" for n in (5, 10)]
    assert open_log().state == log.state


def test_an_event_takes_the_loop_less_than_five_milliseconds(open_log):
    log = open_log(every=10, aside=lambda work: None)
    log.append(opened())
    for n in range(32):
        log.append(added(f"role {n}", conversations=tuple(f"{n:08x}-{i}" for i in range(20))))
    times = []
    for n in range(200):
        before = time.perf_counter()
        log.append(PromptDrafted("one", "role 1", "x" * 2000 + str(n)))
        times.append(time.perf_counter() - before)
    assert statistics.median(times) < 0.005


SAVER = """
import concurrent.futures, itertools, os, pathlib, sys
from hiveui.model.agent import Agent
from hiveui.model.events import AgentAdded, PromptDrafted, TabsArranged, WorkspaceOpened
from hiveui.model.layout import Leaf, Tab
from hiveui.storage.eventlog import EventLog
disk = concurrent.futures.ThreadPoolExecutor(1)
log = EventLog(pathlib.Path(sys.argv[1]), segment=50_000, every=7, aside=disk.submit)
if not log.state.workspaces:
    log.append(WorkspaceOpened("one", "one", "/one", "team", "0" * 64, (Tab("first", Leaf("a")),)))
    log.append(AgentAdded("one", Agent("a", "a", "shell", "/one")))
for n in itertools.count(log.seq):
    log.append(TabsArranged("one", (Tab(f"tab {n}", Leaf("a")),)))
    log.append(PromptDrafted("one", "a", f"draft {n}" + "x" * 300))
    log.sync()
    os.write(1, b"%012d\\n" % n)
"""


@pytest.mark.parametrize("kills", [15, pytest.param(200, marks=(pytest.mark.slow, pytest.mark.timeout(600)))])
def test_of_a_hive_killed_while_it_saves_nothing_is_torn_emptied_or_left_behind(tmp_path, kills):
    folder, chance = tmp_path / "events", random.Random(kills)
    for _ in range(kills):
        with subprocess.Popen([sys.executable, "-c", SAVER, str(folder)], stdout=subprocess.PIPE) as saver:
            said = saver.stdout.read(13)
            time.sleep(chance.random() * 0.05)  # it is killed at any point of what it does
            saver.kill()
            said += saver.stdout.read()
        last = int(said[: len(said) // 13 * 13][-13:])
        log = EventLog(folder)
        os.close(log._file)
        (workspace,) = log.state.workspaces.values()
        assert int(workspace.tabs[0].title.removeprefix("tab ")) in (last, last + 1)
        assert int(workspace.drafts["a"].removeprefix("draft ").rstrip("x")) in (last, last + 1)
        assert workspace.role("a") is not None
        assert (log.torn <= 1, log.damage) == (True, "")
        assert list(folder.glob(".*.tmp")) == []
