import json
import os
import shutil
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from hiveui.agents.hooks.injection import SCRIPT, SOURCES
from hiveui.agents.hooks.spool import PAYLOAD, Spool
from tests.waiting import promised

SHELLS = {
    name: argv
    for name, argv in {
        "dash": ["dash"],
        "bash": ["bash", "--posix"],
        "busybox": ["busybox", "sh"],
        "sh": ["sh"],
    }.items()
    if shutil.which(argv[0])
}
TOKEN = "coder-1.secret"


@pytest.fixture(params=SHELLS)
def shell(request):
    return SHELLS[request.param]


@pytest.fixture
def spool(tmp_path):
    spool = Spool(tmp_path / "spool", lambda token: token.partition(".")[0])
    yield spool
    spool.close()


def run(shell, file, event="Stop", payload=b"{}", token=TOKEN, agent="coder-1"):
    """Run the hook as an agent does; it may print nothing and is to succeed."""
    env = {"PATH": os.environ["PATH"], "HIVE_TOKEN": token, "HIVE_SPOOL": str(file), "HIVE_AGENT_ID": "coder-1"}
    done = subprocess.run(
        [*shell, str(SOURCES / SCRIPT), event, agent], input=payload, env=env, capture_output=True, timeout=30
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_a_hook_leaves_one_record_that_only_its_user_can_read(shell, spool):
    payload = json.dumps({"prompt": "a\nb \\ % £ 中 $(x) `y`"}, ensure_ascii=False).encode() + b"\n\n"
    run(shell, spool.file("coder-1"), "UserPromptSubmit", payload)
    assert spool.file("coder-1").stat().st_mode & 0o777 == 0o600
    (record,) = spool.read()
    assert (record.agent, record.event, record.payload, record.cut) == ("coder-1", "UserPromptSubmit", payload, False)
    assert time.time() - 60 < record.time <= time.time()
    assert not list(spool.folder.iterdir())


def test_a_hook_that_a_server_runs_for_another_agent_speaks_for_nobody(shell, spool):
    run(shell, spool.file("coder-1"), payload=b"x" * 200_000, agent="coder-2")
    assert list(spool.read()) == []


def test_a_payload_of_10_mb_is_cut_and_whoever_writes_it_can_write_it_all(shell, spool):
    payload = b'{"session_id": "s", "prompt": "' + b"x" * 10_000_000 + b'"}'
    run(shell, spool.file("coder-1"), payload=payload)
    run(shell, spool.file("coder-1"), payload=b"{}")
    cut, whole = spool.read()
    assert (cut.payload, cut.cut, whole.payload) == (payload[:PAYLOAD], True, b"{}")


def test_hooks_at_the_same_time_do_not_interleave(shell, spool):
    payloads = [bytes([97 + n]) * (40_000 * n + 1) for n in range(16)]
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda payload: run(shell, spool.file("coder-1"), payload=payload), payloads))
    assert sorted(record.payload for record in spool.read()) == sorted(payloads)


@pytest.mark.parametrize("place", ["gone/coder-1.seq", "", "."])
def test_an_agent_goes_on_where_there_is_no_spool(shell, tmp_path, place):
    run(shell, tmp_path / place if place else "", payload=b"x" * 200_000)


def test_an_agent_goes_on_where_the_disk_is_full(shell):
    run(shell, "/dev/full", payload=b"x" * 200_000)


def test_a_spool_that_nobody_reads_is_bounded_and_what_goes_is_counted(shell, spool):
    file = spool.file("coder-1")
    old = Path(f"{file}.old")
    line = b"\x1ecoder-1.secret Stop " + b"x" * 999_000 + b"\n"
    old.write_bytes(line * 2)
    with file.open("wb") as full:
        full.truncate(33_554_432)
    run(shell, file, payload=b"y" * 2_000_000)
    run(shell, file, payload=b"y" * 900_000)
    sizes = [path.stat().st_size for path in (file, old)]
    assert sum(sizes) <= 64 << 20
    if sizes[0] > 33_554_432:  # this shell counts in blocks of 1,024 bytes
        return
    records = list(spool.read())
    assert records[-1].payload == b"y" * 900_000
    assert spool.lost["dropped"] == 3


@promised(0.020)
def test_a_hook_takes_a_moment(shell, spool, within: float):
    payload = json.dumps({"session_id": "s", "tool_input": {"command": "x" * 3000}}).encode()
    times = []
    for _ in range(20):
        before = time.perf_counter()
        run(shell, spool.file("coder-1"), payload=payload)
        times.append(time.perf_counter() - before)
    assert min(times) < within
    assert len(list(spool.read())) == 20


def test_no_hook_waits_for_a_reader(spool):
    """Nothing reads for as long as hooks run, and the reader is not needed to be there at all."""
    threads = [threading.Thread(target=run, args=(["sh"], spool.file("coder-1"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert not any(thread.is_alive() for thread in threads)
    assert len(list(spool.read())) == 8
