"""The file of the keys that may log in: what a line means, and that nothing in it is overlooked or lost."""

import base64
import contextlib
import os
import string
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hiveui.errors import FileError, UsageError
from hiveui.model.seat import LADDER, Role
from hiveui.ssh import keys
from hiveui.ssh.lines import SORTS, Entry, LineError, comes_from, key, parse

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def public(number: int = 0, sort: str = "ssh-ed25519") -> str:
    fields = (sort.encode(), number.to_bytes(32))
    blob = b"".join(len(field).to_bytes(4) + field for field in fields)
    return f"{sort} {base64.b64encode(blob).decode()}"


names = st.text(string.ascii_letters + string.digits + " @.-é", max_size=20).map(str.strip)
words = st.text(string.ascii_letters + string.digits + ".:/*?-", min_size=1, max_size=12)
entries = st.builds(
    lambda number, sort, **fields: Entry(sort, key(public(number, sort)).blob, **fields),
    number=st.integers(0, 1 << 200),
    sort=st.sampled_from([sort for sort in SORTS if sort != "ssh-rsa"]),
    role=st.sampled_from(LADDER),
    authority=st.booleans(),
    principals=st.lists(words, max_size=3).map(tuple),
    sources=st.lists(words, max_size=3).map(tuple),
    until=st.none()
    | st.datetimes(datetime(2000, 1, 1), datetime(2200, 1, 1)).map(  # noqa: DTZ001
        lambda time: time.replace(microsecond=0, tzinfo=UTC)
    ),
    terminal=st.booleans(),
    once=st.booleans(),
    used=st.booleans(),
    person=names,
)


@given(entries)
def test_a_line_that_is_written_is_read_as_it_was_meant(entry: Entry) -> None:
    read = parse(entry.text)
    assert read == entry
    assert (read.used, read.person) == (
        entry.used,
        " ".join(entry.person.split(None)) if not entry.person else entry.person,
    )


@given(st.text(max_size=200))
def test_any_line_is_read_or_refused_with_a_sentence(text: str) -> None:
    with contextlib.suppress(LineError):
        assert parse(text.strip() or "#").sort in SORTS


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ("", Entry("", b"")),
        ("restrict", Entry("", b"", terminal=False)),
        ("restrict,pty", Entry("", b"", terminal=True)),
        ("pty,Restrict", Entry("", b"", terminal=False)),
        ('hive-role="owner",no-pty', Entry("", b"", role=Role.OWNER, terminal=False)),
        ('from="10.0.0.0/8, !10.0.0.1",permit="x"', None),
        ('hive-role="owner" ,no-pty', None),
        ("hive-role=owner", None),
        ('hive-role="owner', None),
        ('hive-role="Owner"', None),
        ("no-pty,no-pty", None),
        ('no-pty="yes"', None),
        ("from", None),
        ('expiry-time="20261131"', None),
        ('expiry-time="00000000"', None),
        ('expiry-time="²0261121"', None),
        ('command="hive ssh-session"', None),
        ("tunnel", None),
        (",", None),
        ("=", None),
    ],
)
def test_options_come_to_what_they_say_or_refuse_the_key(options: str, wanted: Entry | None) -> None:
    line = f"{options} {public()} ann".strip()
    if wanted is None:
        with pytest.raises(LineError):
            parse(line)
        return
    found = parse(line)
    assert (found.role, found.terminal, found.sources) == (wanted.role, wanted.terminal, wanted.sources)


def test_a_time_is_local_unless_it_says_otherwise() -> None:
    assert parse(f'expiry-time="20261121120000Z" {public()}').until == NOW
    local = parse(f'expiry-time="202611211200" {public()}').until
    assert local == datetime(2026, 11, 21, 12).astimezone()
    assert parse(f'expiry-time="20261121Z" {public()}').refusal("::1", NOW) == "it has expired"
    assert parse(f'expiry-time="20261122Z" {public()}').refusal("::1", NOW) == ""


@pytest.mark.parametrize(
    ("patterns", "address", "fits"),
    [
        ("127.0.0.1", "127.0.0.1", True),
        ("10.0.0.0/8", "10.1.2.3", True),
        ("10.0.0.0/8,!10.1.2.3", "10.1.2.3", False),
        ("!10.1.2.3", "10.1.2.4", False),
        ("192.168.*", "192.168.7.1", True),
        ("192.168.?.1", "192.168.77.1", False),
        ("fe80::/10", "fe80::1%eth0", True),
        ("10.0.0.0/8", "::ffff:10.0.0.1", True),
        ("localhost", "127.0.0.1", False),
        ("*.example.org", "10.0.0.1", False),
        ("*", "2001:db8::1", True),
    ],
)
def test_an_address_fits_patterns_as_sshd_has_them(patterns: str, address: str, fits: bool) -> None:
    assert comes_from(patterns.split(","), address) is fits


@pytest.mark.parametrize(
    "text", ["", "ssh-ed25519", "ssh-dss AAAA", public()[:-8], "-----BEGIN OPENSSH PRIVATE KEY-----"]
)
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(LineError):
        key(text)


def test_keys_are_added_listed_and_removed_and_the_rest_of_the_file_stays(tmp_path: Path) -> None:
    path = tmp_path / "hive" / "authorized_keys"
    ann = keys.add(path, f"{public(1)} ann", Role.DRIVER, until=timedelta(hours=1), sources=("10.0.0.0/8",))
    path.write_text(path.read_text() + "# mine\nrubbish\n" + f"no-such {public(2)} eve")
    keys.add(path, public(3), person="ben\nevil \x1b[31m", once=True)
    assert path.stat().st_mode & 0o777 == 0o600
    assert [entry.person for entry in keys.entries(path)] == ["ann", "ben␊evil ␛[31m"]
    assert [line.number for line in keys.read(path) if line.entry is None] == [3, 4]
    with pytest.raises(UsageError, match="is there already, as driver"):
        keys.add(path, public(1), Role.OWNER)
    assert keys.spend(path, keys.entries(path)[1])
    assert not keys.spend(path, keys.entries(path)[1])
    assert keys.remove(path, ann.fingerprint) == [ann]
    with pytest.raises(UsageError):
        keys.remove(path, "ann")
    assert path.read_text().startswith("# mine\nrubbish\nno-such")
    assert [entry.used for entry in keys.entries(path)] == [True]


def test_a_file_that_others_can_write_or_that_is_huge_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "authorized_keys"
    assert keys.read(path) == []
    path.write_text(public())
    for mode in (0o620, 0o602):
        path.chmod(mode)
        with pytest.raises(FileError, match="others can write it"):
            keys.entries(path)
    path.chmod(0o600)
    tmp_path.chmod(0o777)
    with pytest.raises(FileError, match="others can write it"):
        keys.entries(path)
    tmp_path.chmod(0o700)
    path.write_text("#" * (keys.LARGEST + 1))
    with pytest.raises(FileError, match="larger"):
        keys.entries(path)


def _loop(path: Path) -> None:
    path.symlink_to(path)


@pytest.mark.parametrize("make", [os.mkfifo, Path.mkdir, _loop, lambda path: path.symlink_to("/dev/zero")])
def test_what_stands_in_place_of_the_file_is_refused_and_not_waited_for(
    tmp_path: Path, make: Callable[[Path], None]
) -> None:
    make(tmp_path / "authorized_keys")
    with pytest.raises(FileError):
        keys.entries(tmp_path / "authorized_keys")


def test_a_link_is_followed_unless_others_could_have_put_it_there(tmp_path: Path) -> None:
    (own := tmp_path / "own").mkdir()
    (own / "keys").write_text(public())
    (own / "keys").chmod(0o600)
    (place := tmp_path / "config").mkdir()
    (place / "authorized_keys").symlink_to(own / "keys")
    assert len(keys.entries(place / "authorized_keys")) == 1
    place.chmod(0o770)
    with pytest.raises(FileError, match="others can write it"):
        keys.entries(place / "authorized_keys")


@pytest.mark.parametrize(
    ("sort", "bits", "taken"),
    [("rsa", "2048", True), ("rsa", "1024", False), ("ecdsa", "256", True), ("ecdsa", "521", False)],
)
def test_keys_of_openssh_are_taken_that_are_strong_enough(tmp_path: Path, sort: str, bits: str, taken: bool) -> None:
    made = tmp_path / "key"
    subprocess.run(
        ["ssh-keygen", "-q", "-t", sort, "-b", bits, "-N", "", "-f", made], check=True, env={"PATH": os.environ["PATH"]}
    )
    text = Path(f"{made}.pub").read_text()
    if not taken:
        with pytest.raises(LineError):
            key(text)
        return
    told = subprocess.run(["ssh-keygen", "-l", "-f", f"{made}.pub"], capture_output=True, text=True, check=True).stdout
    assert key(text).fingerprint in told
