import itertools
import json
import os
import sqlite3
import tracemalloc
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hiveui.agents.catalog import catalog
from hiveui.agents.usage.formats import FORMATS
from hiveui.agents.usage.prices import prices
from hiveui.agents.usage.reader import Reader
from hiveui.agents.usage.tail import LONGEST, PIECE, lines
from hiveui.model.usage import Account, Source, Tokens, amount, crossed, money, total
from hiveui.storage import accounts

DATA = Path(__file__).parents[1] / "data" / "usage"
ID = "11111111-2222-4333-8444-666666666666"
BUDGET = 4 << 20
PLACES = {
    "claude": f".claude/projects/-work-project/{ID}.jsonl",
    "codex": f".codex/sessions/2026/11/21/rollout-2026-11-21T02-57-00-{ID}.jsonl",
    "gemini": ".gemini/tmp/project/chats/session-2026-11-21T03-02-11111111.jsonl",
    "qwen": f".qwen/projects/-work-project/chats/{ID}.jsonl",
}
USED = {  # summed apart from the files
    "claude": Tokens(7200, 192, 4800),
    "codex": Tokens(2400, 117, 4800),
    "gemini": Tokens(1600, 150, 3200),
    "qwen": Tokens(1600, 150, 3200),
}


def opened(home: Path, kind: str = "claude") -> tuple[Reader, Account]:
    reader = Reader(catalog()[kind], {"HOME": str(home)})
    reader.find([ID])
    return reader, Account("a1", "w1", "shop", "backend", kind)


def put(home: Path, kind: str = "claude", data: bytes | None = None) -> Path:
    path = home / PLACES[kind]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes((DATA / f"{kind}.jsonl").read_bytes() if data is None else data)
    return path


def line(number: int, *, out: int = 10, time: str = "", **usage: object) -> bytes:
    """A line as Claude writes it, of the request with that number."""
    used = {"input_tokens": 100, "output_tokens": out, **usage}
    message = {"id": f"msg_{number}", "model": "claude-opus-5-5", "usage": used}
    stamp = time or f"2026-11-21T03:{number // 60:02}:{number % 60:02}.000Z"
    entry = {"type": "assistant", "requestId": f"req_{number}", "timestamp": stamp, "message": message}
    return json.dumps(entry).encode() + b"\n"


def used(account: Account) -> Tokens:
    return total(account.rows).tokens


@pytest.mark.parametrize("kind", PLACES)
def test_what_each_program_wrote_down_is_counted_once(kind, tmp_path):
    put(tmp_path, kind)
    reader, account = opened(tmp_path, kind)
    assert reader.read(account, prices(), BUDGET).changed
    assert used(account) == USED[kind]
    assert not reader.read(account, prices(), BUDGET).changed
    again, _ = opened(tmp_path, kind)
    again.read(account, prices(), BUDGET)
    assert used(account) == USED[kind]


def opencode(home: Path, rows: list[dict]) -> Path:
    path = home / ".local/share/opencode/opencode.db"
    path.parent.mkdir(parents=True, exist_ok=True)
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA journal_mode=wal")
        database.execute("CREATE TABLE IF NOT EXISTS session (id TEXT PRIMARY KEY, parent_id TEXT)")
        database.execute(
            "CREATE TABLE IF NOT EXISTS message (id TEXT PRIMARY KEY, session_id TEXT, time_updated INTEGER, data TEXT)"
        )
        database.execute("INSERT OR IGNORE INTO session VALUES (?, NULL)", (ID,))
        for row in rows:
            values = (row["id"], ID, row["time_updated"], json.dumps(row["data"]))
            database.execute("INSERT OR REPLACE INTO message VALUES (?, ?, ?, ?)", values)
    database.close()
    return path


def test_a_database_is_read_from_where_it_was_left_and_a_message_that_grew_replaces_itself(tmp_path):
    rows = [json.loads(row) for row in (DATA / "opencode.jsonl").read_text().splitlines()]
    path = opencode(tmp_path, rows[:10])
    reader, account = opened(tmp_path, "opencode")
    reader.read(account, prices(), BUDGET)
    opencode(tmp_path, rows)
    reader.read(account, prices(), BUDGET)
    assert used(account) == Tokens(5600, 343, 11200)
    last = next(row for row in reversed(rows) if row["data"]["role"] == "assistant")
    grown = {**last["data"], "cost": 0.25, "tokens": {**last["data"]["tokens"], "output": 1000}}
    opencode(tmp_path, [{**last, "time_updated": rows[-1]["time_updated"] + 9, "data": grown}])
    reader.read(account, prices(), BUDGET)
    assert used(account).output == 343 - last["data"]["tokens"]["output"] + 1000
    assert total(account.rows).usd == 0.25
    path.write_bytes(b"no database at all" * 100)
    assert not reader.read(account, prices(), BUDGET).changed


def test_a_file_that_is_being_written_is_counted_the_same_wherever_it_stood(tmp_path):
    data = (DATA / "claude.jsonl").read_bytes()

    @settings(max_examples=30)
    @given(st.lists(st.integers(0, len(data)), max_size=6))
    def check(cuts):
        path = put(tmp_path, data=b"")
        reader, account = opened(tmp_path)
        for end in (*sorted(cuts), len(data)):
            path.write_bytes(data[:end])  # a rewritten file with the same beginning is one that grew
            reader.read(account, prices(), BUDGET)
        assert used(account) == USED["claude"]

    check()


def test_a_file_that_was_cut_and_written_anew_counts_only_what_is_new(tmp_path):
    path = put(tmp_path, data=line(1) + line(2))
    reader, account = opened(tmp_path)
    reader.read(account, prices(), BUDGET)
    path.write_bytes(line(2) + line(3))
    reader.read(account, prices(), BUDGET)
    assert used(account).output == 30
    path.unlink()
    reader.read(account, prices(), BUDGET)
    path.write_bytes(line(1) + line(2) + line(3) + line(4))
    reader.read(account, prices(), BUDGET)
    assert used(account).output == 40


def test_an_answer_that_is_written_in_several_lines_counts_with_its_last(tmp_path):
    put(tmp_path, data=line(1, out=3) + line(1, out=50) + line(1, out=50))
    reader, account = opened(tmp_path)
    reader.read(account, prices(), BUDGET)
    assert used(account) == Tokens(100, 50)
    assert [row.requests for row in account.rows] == [1]


def test_a_gigabyte_is_read_in_bounded_parts_and_a_line_that_has_no_end_is_passed_over(tmp_path):
    path = put(tmp_path, data=line(1))
    with path.open("r+b") as file:  # sparse: a line of a gigabyte
        file.seek(1 << 30)
        file.write(b"\n" + line(2))
    source, found, parts = Source(), [], 0
    tracemalloc.start()
    while source.offset < path.stat().st_size:
        before = source.offset
        found += lines(str(path), source, BUDGET)
        parts += 1
        assert 0 < source.offset - before <= BUDGET + PIECE
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found == [line(1).strip(), line(2).strip()]
    assert parts >= (1 << 30) // (BUDGET + PIECE)
    assert most < 8 << 20


@pytest.mark.parametrize(
    "noise",
    [
        b"\x00\xff\xfe" * 1000 + b"\n",
        b'"usage"\n',
        b'{"type": "assistant", "message": {"usage": ' + b"[" * 100_000 + b"\n",
        b'{"type":"assistant","message":{"usage":{"input_tokens":' + b"9" * 5000 + b"}}}\n",
        b'{"type":"assistant","message":"usage","usage":[]}\n',
        b'[{"usage":1}]\n',
        b'{"type":"assistant","message":{"usage":{"input_tokens":1}},"timestamp":{}}',
        b"x" * (LONGEST + 10) + b'"usage"\n',
    ],
    ids=range(8),
)
def test_what_cannot_be_read_is_passed_over_and_what_follows_counts(noise, tmp_path):
    path = put(tmp_path, data=line(1) + noise)
    reader, account = opened(tmp_path)
    reader.read(account, prices(), BUDGET)
    with path.open("ab") as file:
        file.write(b"" if noise.endswith(b"\n") else b"\n")
        file.write(line(2))
    reader.read(account, prices(), BUDGET)
    assert total(account.rows).tokens.output == 20


@pytest.mark.parametrize("number", [-5, 10**30, float("nan"), float("inf"), "12", None, True, [7], {"a": 1}], ids=repr)
def test_numbers_that_are_none_count_as_nothing(number, tmp_path):
    put(tmp_path, data=line(1, cache_read_input_tokens=number, cache_creation_input_tokens=number))
    reader, account = opened(tmp_path)
    reader.read(account, prices(), BUDGET)
    assert used(account) == Tokens(100, 10)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
FIELDS = [
    "type",
    "message",
    "usage",
    "timestamp",
    "model",
    "payload",
    "info",
    "total_token_usage",
    "last_token_usage",
    "tokens",
    "cache",
    "role",
    "cost",
    "time",
    "created",
    "$set",
    "messages",
    "usageMetadata",
    "input_tokens",
    "output_tokens",
    "cached_input_tokens",
    "input",
    "output",
    "total",
    "id",
]


@given(
    st.sampled_from(sorted(FORMATS)),
    st.lists(
        st.recursive(
            json_values | st.sampled_from(["assistant", "gemini", "event_msg", "token_count"]),
            lambda inner: st.dictionaries(st.sampled_from(FIELDS), inner, max_size=6),
            max_leaves=20,
        ).filter(lambda value: isinstance(value, dict)),
        max_size=4,
    ),
)
def test_no_entry_makes_a_reader_fail_or_count_below_nothing(name, entries):
    memory, account, source = {}, Account("a", "w", "n", "r", "k"), Source()
    for entry in entries:
        for request in FORMATS[name].read(entry, memory):
            account.count(source, request, prices())
    sums = total(account.rows)
    assert min(sums.tokens.input, sums.tokens.output, sums.tokens.cache_read) >= 0
    assert 0 <= sums.usd < float("inf")


def test_a_pipe_in_a_files_place_keeps_nobody_waiting(tmp_path):
    path = put(tmp_path, data=b"")
    path.unlink()
    os.mkfifo(path)
    reader, account = opened(tmp_path)
    assert reader.read(account, prices(), BUDGET) == (False, False)


def test_a_request_of_tomorrow_is_of_today(tmp_path):
    put(tmp_path, data=line(1, time="9999-12-31T23:59:59Z"))
    reader, account = opened(tmp_path)
    reader.read(account, prices(), BUDGET)
    assert [row.day for row in account.rows] == [datetime.now(UTC).astimezone().date().isoformat()]


def test_what_a_program_says_that_it_cost_stands_beside_the_sum_and_the_last_word_counts(tmp_path):
    told = [{"type": "cost-state", "totalCostUSD": usd} for usd in (0.5, 1.42, "much", -1, True)]
    put(tmp_path, data=line(1) + b"".join(json.dumps(one).encode() + b"\n" for one in told))
    reader, account = opened(tmp_path)
    assert account.said is None
    reader.read(account, prices(), BUDGET)
    assert account.said == 1.42
    assert total(account.rows).usd == pytest.approx((100 * 4 + 10 * 20) / 1e6)


def test_subagents_count_and_the_context_is_that_of_the_conversation(tmp_path):
    put(tmp_path, data=line(1, cache_read_input_tokens=249_890))
    side = tmp_path / f".claude/projects/-work-project/{ID}/subagents/agent-x.jsonl"
    side.parent.mkdir(parents=True)
    entry = json.loads(line(9))
    side.write_text(json.dumps({**entry, "isSidechain": True}) + "\n")
    reader, account = opened(tmp_path)
    reader.read(account, prices(), BUDGET)
    assert used(account).output == 20
    assert account.full == 25


# money


def test_a_cost_is_the_sum_of_its_parts_and_a_long_prompt_costs_more_as_a_whole():
    opus = prices().find("claude-opus-5-5", "2026-11-21")
    assert opus.cost(Tokens(1_000_000, 100_000, 1_000_000, 1_000_000, 1_000_000)) == pytest.approx(4 + 2 + 0.2 + 5 + 8)
    haiku = prices().find("claude-haiku-5-5", "2026-11-21")
    assert haiku.cost(Tokens(100_000, 1000)) == pytest.approx(0.01 + 0.0005)
    assert haiku.cost(Tokens(60_000, 1000, 60_000)) == pytest.approx(0.03 + 0.0025 + 0.003)


@pytest.mark.parametrize(
    ("model", "found"),
    [
        ("claude-haiku-4-5-20251001", "claude-haiku-4-5"),
        ("claude-opus-5-5[1m]", "claude-opus-5-5"),
        ("gpt-5-codex", "gpt-5-codex"),
        ("gpt-5-2025-08-07", "gpt-5"),
        ("claude-opus-5-6", None),
        ("claude-opus", None),
        ("gpt-5-turbo", None),
        ("stub-model", None),
        ("", None),
    ],
)
def test_a_model_is_known_by_its_name_and_a_date_and_a_near_name_is_unknown(model, found):
    price = prices().find(model, "2026-11-21")
    assert (price.model if price else None) == found


def test_a_price_holds_from_its_day_on():
    assert prices().find("gemini-4-argon", "2026-11-30").rate.input == 2
    assert prices().find("gemini-4-argon", "2026-12-01").rate.input == 4


def test_what_has_no_price_is_shown_as_unknown_and_never_as_nothing(tmp_path):
    put(tmp_path, "qwen")
    reader, account = opened(tmp_path, "qwen")
    reader.read(account, prices(), BUDGET)
    spend = total(account.rows)
    assert (money(spend), spend.unpriced) == ("?", spend.tokens.total)
    assert money(replace(spend, usd=1.42)) == "$1.42+?"
    assert money(replace(spend, usd=1.42, unpriced=0)) == "$1.42"
    assert money(replace(spend, usd=0.0012, unpriced=0)) == "$0.0012"


def test_amounts_are_short():
    assert [amount(n) for n in (0, 950, 12_345, 4_100_000)] == ["0", "950", "12.3k", "4.1M"]


def test_a_budget_is_told_of_at_80_and_at_100_per_cent_each_once():
    steps = [0.0, 3.99, 4.0, 4.5, 5.0, 9.0]
    assert [crossed(a, b, 5.0) for a, b in itertools.pairwise(steps)] == [0, 80, 0, 100, 0]
    assert crossed(0, 9, 5.0) == 100
    assert crossed(0, 9, None) == 0


def test_the_price_table_is_that_of_genai_prices():
    genai = pytest.importorskip("genai_prices")
    known = 0
    for price in prices().prices:
        day = price.since or prices().date
        at = datetime.fromisoformat(day).replace(hour=12, tzinfo=UTC)
        for tokens in (Tokens(50_000, 1000, 20_000), Tokens(900_000, 1000, 20_000), Tokens(1000, 10, 0, 5000)):
            if tokens.cache_write and price.rate.cache_write is None:
                continue
            usage = genai.Usage(
                input_tokens=tokens.prompt,
                output_tokens=tokens.output,
                cache_read_tokens=tokens.cache_read,
                cache_write_tokens=tokens.cache_write,
            )
            found = genai.calc_price(usage, model_ref=price.model, genai_request_timestamp=at)
            assert price.cost(tokens) == pytest.approx(float(found.total_price)), price.model
            known += 1
    assert known > 100


# kept


def test_an_account_is_kept_and_goes_on_where_it_was_and_a_damaged_one_is_made_anew(tmp_path):
    path = put(tmp_path, data=line(1))
    reader, account = opened(tmp_path)
    reader.read(account, prices(), BUDGET)
    folder = tmp_path / "usage"
    assert accounts.read_all(folder) == {}
    accounts.write(folder, account)
    with path.open("ab") as file:
        file.write(line(1, out=40) + line(2))
    kept = accounts.read_all(folder)
    assert kept == {"a1": account}
    again, _ = opened(tmp_path)
    again.read(kept["a1"], prices(), BUDGET)
    assert used(kept["a1"]).output == 50
    for damaged in (b"", b"{}", b"[]", b'{"version":2}', b"\xff", b'{"version":1,"account":{"agent":"b"}}'):
        (folder / "a1.json").write_bytes(damaged)
        assert accounts.read_all(folder) == {}
