"""What a person's terminal shows of a pane equals what the pane's own tmux holds, cell by cell."""

import itertools
import os
import random
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.far_end import ROLES, FarEnd, far_end
from tests.robot import WITHIN
from tests.waiting import until

DATA = Path(__file__).parents[1] / "data"
SIZES = ((80, 24), (120, 32), (200, 50))
WALL = b"".join(b"\x1b[%d;1H\x1b[44m" % y + b"#" * 200 for y in range(1, 51))
"""Fills a screen of any of the sizes: what is damaged from outside shows."""


def sgr(*parameters: str, text: str = "Ag") -> bytes:
    return "".join(f"\x1b[{p}m{text}\x1b[0m." for p in parameters).encode()


CASES = {
    "16 colours": sgr(*(f"{base + n}" for base in (30, 40, 90, 100) for n in range(8))),
    "256 colours": b"\r\n".join(sgr(*(f"{g};5;{n}" for n in range(256)), text="x") for g in (38, 48)),
    "true colour": sgr(*(f"{g};2;{r};{b};{r ^ b}" for g in (38, 48) for r in (0, 127, 255) for b in (1, 128, 254))),
    "true colour with colons": sgr("38:2::1:2:3", "48:2::4:5:6", "38:5:200", "48:5:17"),
    "attributes": sgr(*"123456789", "21", "53", "4:0", "4:1", "4:2", "4:3", "4:4", "4:5"),
    "attributes together": sgr(
        "1;2;3;4;5;7;8;9;38;5;9;48;2;1;2;3", "1;31;22", "3;23;4", "7;27;41", "1;4;24", "31;39;42;49"
    ),
    "underline colour": sgr("4;58;5;9", "4:3;58;2;1;2;3", "4;58:2::9:8:7;59"),
    "attributes over lines": b"\x1b[1;41mone\r\ntwo\r\n\r\nthree\x1b[0m four\x1b[7m\r\nfive",
    "wide at the left edge": "中文字\r\n한국어\r\nあいう\r\nＦＵＬＬ".encode(),
    "wide at the right edge": b"".join(
        b"\x1b[%d;%dH" % (y, x) + "中文|".encode() for y, x in enumerate(range(54, 62), 1)
    ),
    "wide all along": ("中" * 200 + "\r\n" + "a" + "中" * 200).encode(),
    "wide overwritten": "中中中中\x1b[1;2Hx\x1b[1;6Hy\r\n中中中中\x1b[2;4H\x1b[P\x1b[K".encode(),
    "emoji with joiners": "👩‍💻|👨‍👩‍👧‍👦|🏳️‍🌈|👩‍❤️‍👨|👩‍🚀x\r\nplain".encode(),
    "emoji": "🙂|👍🏽|🇩🇪🇫🇷|❤️|☎︎|1️⃣|🏴󠁧󠁢󠁥󠁮󠁧󠁿|⚠️ x\r\nplain".encode(),
    "emoji at the right edge": b"".join(
        b"\x1b[%d;%dH" % (y, x) + e.encode()
        for y, (x, e) in enumerate(itertools.product((58, 59, 60), ("👩‍💻z", "❤️z", "🇩🇪z", "👍🏽")), 1)
    ),
    "combining": "e\u0301 n\u0303 a\u0308\u0332 क्षि ไทย שָׁלוֹם مَرْحَبًا q\u0300\u0301\u0302\u0303\u0304\r\n\u0301lead".encode(),
    "odd widths": "\u00ad| \u200b| \u2060| \ufeff| \u3164| \uffa0| ⇒★§±—…“”🅐Ⓐ㊙〰\U0001f004\U0001fae0\u2e3a".encode(),
    "not in Unicode": "\ue000\U000f0000\ufffd\ufffe\u0378\U0001fbff\U0003fffd|".encode(),
    "line drawing": b"\x1b(0lqwqk\r\nx x x\r\ntqnqu\r\nmqvqj `afgiopqrsyz{|}~\x1b(B ok\x1b)0\x0e qqq \x0f qqq",
    "line drawing over lines": b"\x1b(0qqq\r\nxxx\x1b[31mjj\r\n\r\n\x1b[0mlll",
    "Unicode boxes": "┌──┬──┐\r\n│▒▒│██│\r\n╰──┴──╯ ⠋⠙⠹ ▁▂▃▄▅▆▇█ ◐◓◑◒ ✻✽✶".encode(),
    "a scrolling region": b"\x1b[2;5r"
    b"\x1b[5;1H" + b"".join(b"\x1b[3%dmline %d\r\n" % (n % 8, n) for n in range(30)) + b"\x1b[r",
    "lines put in and taken out": b"".join(b"row %d\r\n" % n for n in range(10))
    + b"\x1b[3;1H\x1b[2L\x1b[42m\x1b[6;1H\x1b[3M\x1b[S\x1b[T",
    "erased with a background": b"\x1b[41mred\x1b[K\r\n\x1b[42m\x1b[2Kx\x1b[5Xy\r\n\x1b[44m\x1b[J",
    "tabs": b"a\tb\tc\x1b[3g\r\n\td\x1b[10Gx\x1bH\r\ty",
    "alternate entered": b"before\x1b[?1049h\x1b[2J\x1b[5;5H\x1b[7malternate",
    "alternate left": b"before\r\n\x1b[33mand after\x1b[?1049h\x1b[2J\x1b[HX\x1b[?1049l!",
    "a full last line": b"\x1b[99;1H" + b"e" * 300,
    "no wrap": b"\x1b[?7l" + b"n" * 300 + b"\x1b[?7h",
    "hyperlinks": b"\x1b]8;;https://example.org\x1b\\link\x1b]8;;\x1b\\ text",
    "64 shades a line": b"\r\n".join(
        b"".join(b"\x1b[48;2;%d;%d;9m " % (x * 4, y * 8) for x in range(60)) for y in range(12)
    ),
}


# A tmux before 3.4 forgets a joiner where its read of the terminal's bytes ends (screen-write.c, SCREEN_WRITE_ZWJ),
# so that no program can be sure of one in a large paint: joiners are shown in small ones only.


@pytest.fixture(scope="module")
def opened() -> Iterator[FarEnd]:
    with far_end() as far:
        yield far


@pytest.fixture
def far(opened: FarEnd) -> FarEnd:
    if opened.size != (120, 32):
        opened.resize(120, 32)
    for role in ROLES:
        opened.world.show(role, b"")
    return opened


@pytest.mark.parametrize("case", CASES)
def test_a_pane_is_shown_as_it_is(far: FarEnd, case: str) -> None:
    far.world.show("upper", WALL)
    far.world.show("lower", CASES[case])
    far.world.show("left", CASES[case])
    far.settles()


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_panes_are_right_after_a_resize(far: FarEnd, size: tuple[int, int]) -> None:
    for role, data in zip(ROLES, (CASES["emoji"], WALL, CASES["line drawing"]), strict=True):
        far.world.show(role, data)
    far.resize(*size)
    far.settles()
    for case in ("256 colours", "wide all along", "a full last line", "emoji", "combining"):
        far.world.show("left", CASES[case])
        far.settles()


def test_panes_are_right_around_and_after_an_overlay(far: FarEnd) -> None:
    cases = ("emoji", "wide all along", "line drawing", "256 colours", "combining", "attributes over lines")
    for case, role in zip(cases, ROLES * 2, strict=True):
        far.world.show(role, CASES[case])
        far.settles()
        far.robot.press("?")
        until(lambda: "Go to the agent with that number" in far.robot.screen(), what="the help")
        far.world.prints(role, b"\x1b[3;3H\x1b[35m" + "now 中é".encode())
        far.robot.press("Escape")
        far.settles()
        far.robot.press("P")
        until(lambda: "frames" in far.robot.screen(), what="the performance display")
        far.world.prints(role, CASES["emoji"])
        far.robot.press("P")
        far.settles()


def test_the_cursor_stands_where_the_program_put_it(far: FarEnd) -> None:
    far.interact()
    try:
        for data in (
            b"",
            b"abc",
            "中👩‍💻é".encode(),
            b"\x1b[7;9H",
            b"\x1b[99;999H",
            b"x" * 59,
            b"y" * 60,
            b"\x1b[?25l",
            b"\x1b[?25h",
        ):
            far.world.show("left", data)
            far.settles()
            until(lambda: far.cursor() == far.meant_cursor("left"), WITHIN, f"{far.meant_cursor('left')} for {data!r}")
        far.world.show("lower", b"the pane without the focus moves nothing")
        until(lambda: far.cursor() == far.meant_cursor("left"), WITHIN, "the cursor's place")
    finally:
        far.supervise()
    until(lambda: far.cursor() == (0, 0, 0), WITHIN, "a hidden cursor")


def test_the_cursor_has_the_shape_that_the_program_gave_it(far: FarEnd) -> None:
    far.interact()
    try:
        for shape in (5, 2, 6, 1, 3, 4, 0):
            far.world.show("left", b"\x1b[%d q" % shape)
            until(lambda: far.shape() == shape, WITHIN, f"shape {shape}")  # noqa: B023  called within the round
        far.world.show("left", b"\x1b[5 q")
        until(lambda: far.shape() == 5, WITHIN, "a bar")
        far.world.show("left", b"\x1bc")
        until(lambda: far.shape() == 0, WITHIN, "the terminal's own shape")
    finally:
        far.supervise()


def recordings() -> list[Path]:
    more = os.environ.get("HIVE_RECORDINGS", "")
    return sorted(
        path for folder in (DATA / "recordings", *map(Path, filter(None, [more]))) for path in folder.glob("*/*.raw")
    )


def replayed(far: FarEnd, paths: list[Path], size: tuple[int, int]) -> None:
    far.resize(*size)
    wrong = {}
    for three in (paths[i : i + 3] for i in range(0, len(paths), 3)):
        for role, path in zip(ROLES, three, strict=False):
            far.world.show(role, path.read_bytes())
        for role in ROLES if size == (80, 24) else ("left",):
            far.robot.press(str(ROLES.index(role) + 1))
            try:
                far.settles(role)
            except AssertionError as error:
                wrong[str([path.name for path in three])] = str(error)
    far.robot.press("1")
    assert not wrong, wrong


def test_recordings_of_real_agents_are_shown_as_they_are(far: FarEnd) -> None:
    assert recordings()
    replayed(far, recordings(), (120, 32))


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_recordings_are_shown_as_they_are_at_every_size(far: FarEnd, size: tuple[int, int]) -> None:
    replayed(far, recordings(), size)


def generated(seed: int, tokens: int = 400) -> bytes:
    """Make a stream of text, attributes, cursor movement, erasing, scrolling, and both screens."""
    chance = random.Random(seed)
    words = ("word", "x" * 90, "中文", "👍🏽", "e\u0301", "┌─┐", "❤️", "\r\n", "\t", "\b", "🇩🇪", " " * 7, "ñ", "한")
    colours = ("3{}", "4{}", "9{}", "10{}", "38;5;{}", "48;5;{}")
    out = []
    for _ in range(tokens):
        row, column, few = chance.randint(1, 40), chance.randint(1, 130), chance.randint(0, 5)
        out.append(
            chance.choices(
                (
                    chance.choice(words),
                    f"\x1b[{chance.choice(colours).format(chance.randint(0, 7))}m",
                    f"\x1b[{chance.choice((0, *range(1, 10), 21, *range(22, 30), 53, 39, 49))}m",
                    f"\x1b[{chance.choice('34')}8;2;{row};{column};{few}m",
                    f"\x1b[{row};{column}H",
                    f"\x1b[{few}{chance.choice('ABCDEFGJKLMPSTX@')}",
                    f"\x1b[{row};{row + few + 2}r",
                    chance.choice(("\x1b(0", "\x1b(B", "\x1bM", "\x1bD", "\x1b7", "\x1b8", "\x1b[?7l", "\x1b[?7h")),
                    chance.choice(("\x1b[?1049h", "\x1b[?1049l", "\x1b[4h", "\x1b[4l", "\x1b[?6h", "\x1b[?6l")),
                ),
                weights=(40, 10, 10, 5, 12, 10, 2, 6, 2),
            )[0]
        )
    return "".join(out).encode()


def test_generated_streams_are_shown_as_they_are(far: FarEnd) -> None:
    sweep(far, range(60))


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_more_generated_streams_are_shown_as_they_are(far: FarEnd, size: tuple[int, int]) -> None:
    far.resize(*size)
    sweep(far, range(1000, 1600))


def sweep(far: FarEnd, seeds: range) -> None:
    wrong = {}
    for seed in seeds[::3]:
        for number, role in enumerate(ROLES):
            far.world.show(role, generated(seed + number))
        try:
            far.settles()
        except AssertionError as error:
            wrong[seed] = str(error)
    assert not wrong, wrong


ORACLE = re.compile(
    rb"\x1b\[(?P<private>[<=>?]?)(?P<parameters>[0-9:;]*)(?P<inter>[ -/]*)(?P<final>[@-~])"
    rb"|(?P<escape>\x1b.?)|(?P<c0>[\x00-\x06\x08\x0b\x0c\x0e-\x1f\x7f])|\xc2(?P<c1>[\x80-\x9f])"
    rb"|(?P<bidi>\xd8\x9c|\xe2\x80[\x8e\x8f\xaa-\xae]|\xe2\x81[\xa6-\xa9])",
    re.DOTALL,
)
FINALS = frozenset(b"mHGXKJhlqup")
PRIVATE_MODES = frozenset(b"7 25 1000 1002 1003 1004 1006 1015 1049 2004 2026".split())


def forbidden(data: bytes) -> list[bytes]:
    """List what was written that is neither text nor one of the few sequences that HiveUI has a use for."""
    found = []
    for match in ORACLE.finditer(data):
        allowed = match["final"] is not None and match["final"][0] in FINALS
        if allowed and match["private"] == b"?" and match["final"] in b"hl":
            allowed = set(match["parameters"].split(b";")) <= PRIVATE_MODES
        if not allowed:
            found.append(match[0])
    return found


def hostile() -> dict[str, bytes]:
    """Give what no agent should be able to do to a terminal: the corpus, and what is too large to keep in a file."""
    files = {path.name: path.read_bytes() for path in sorted((DATA / "terminal").glob("*.bin"))}
    return files | {
        "intermediates": b"\x1b[" + b"!" * 70_000 + b"m",
        "marks": b"Z" + "\u0301\u0489".encode() * 30_000,
        "every C1": b"".join(b"\xc2" + bytes([c]) + b"x" for c in range(0x80, 0xA0)),
        "every bidi": "".join(
            f"a{chr(c)}b" for c in (0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
        ).encode(),
    }


def test_the_oracle_finds_what_is_forbidden() -> None:
    for data in (
        b"\x07x\x1b]52;c;aGk=\x07",
        b"\x1bPq\x1b\\",
        b"\x1b[21t",
        b"\x1b[?1h",
        b"\x1b#8",
        b"\x9b\xc2\x9b1m",
        b"\x7f",
    ):
        assert forbidden(data), data
    assert not forbidden("\x1b[1;31mtext é 中\x1b[0m\x1b[5G\x1b[?25h\x1b[4 q\r\n".encode())


def test_nothing_that_an_agent_prints_reaches_the_terminal_but_text_and_attributes(far: FarEnd) -> None:
    start = len(far.written)
    for name, data in hostile().items():
        far.world.show("left", data)
        far.world.prints("left", b"\x1b(B\x0f\x1b[r\x1b[0m\x1b[H after " + name.encode())
        until(lambda: f"after {name}"[-20:] in far.robot.screen(), what=name)  # noqa: B023  called within the round
    written = far.written[start:]
    assert forbidden(written[: written.rindex(b"\x1b")]) == [], "the last sequence may still be on its way"


EDITED = "\n".join(f"{n:3} def naïve_{n}(x): return '中文 👍' + \"─│┌\" * {n}  # TODO\tß" for n in range(200))


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_vim_less_and_htop_are_shown_as_they_are(tmp_path: Path, size: tuple[int, int]) -> None:
    text = tmp_path / "naive.py"
    text.write_text(EDITED)
    programs = {
        "left": ["vim", "-u", "NONE", "-i", "NONE", "-N", "-n", str(text)],
        "upper": ["less", "-R", str(text)],
        "lower": ["htop", "-d", "100"],
    }
    missing = [argv[0] for argv in programs.values() if shutil.which(argv[0]) is None]
    if missing:
        pytest.skip(f"not installed here: {', '.join(missing)}")
    with far_end(programs) as far:
        far.resize(*size)
        far.settles()
        far.interact()
        for keys in (":syntax on", ":set number hlsearch", "/def", "20Go\u00fc\u4e2d added", ":split", "ggVG"):
            far.robot.press("-l", keys)
            far.robot.press("Enter" if keys[0] in ":/" else "Escape")
            far.settles()
            until(lambda: far.cursor() == far.meant_cursor("left"), what="vim's cursor")
        for number, role, keys in ((2, "upper", ("Space", "/", "n", "Enter")), (3, "lower", ("F2", "Down", "Escape"))):
            far.robot.press("F12")
            far.robot.press(str(number))
            until(lambda: f"typing into {number} {role}" in far.robot.screen(), what=role)  # noqa: B023
            for key in keys:
                far.robot.press(key)
                far.settles(role)
