"""Where paths lead, by which other names files go, and what file systems take for the same."""

import os
from pathlib import Path

from hiveui.hive.places import aliases, folds_case, led_to


def test_a_path_leads_where_its_links_do(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "file").write_text("x")
    (tmp_path / "folder").symlink_to("there")
    (tmp_path / "link").symlink_to("there/file")
    real = os.path.realpath(tmp_path)
    for name, leads in {
        "there/file": "there/file",
        "folder/file": "there/file",
        "link": "there/file",
        "folder/new": "there/new",
        "gone/new": "gone/new",
    }.items():
        assert led_to(f"{tmp_path}/{name}") == f"{real}/{leads}", name
    (tmp_path / "circle").symlink_to("circle")
    assert led_to(f"{tmp_path}/circle/x").endswith("circle/x")


def test_other_names_of_a_file_are_found_below_the_base_and_in_no_repository(tmp_path: Path) -> None:
    for name in ("own", "other", ".git"):
        (tmp_path / name).mkdir()
    (tmp_path / "own" / "file").write_text("x")
    for name in ("other/same", ".git/same"):
        os.link(tmp_path / "own" / "file", tmp_path / name)
    (alias,) = aliases(f"{tmp_path}/own/file", tmp_path)
    assert alias == (f"{tmp_path}/other/same", "the same file as own/file")
    (tmp_path / "own" / "alone").write_text("x")
    assert not list(aliases(f"{tmp_path}/own/alone", tmp_path))
    assert not list(aliases(f"{tmp_path}/own/gone", tmp_path))


def test_a_link_reaches_its_goal(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/etc/hostname")
    assert [alias.path for alias in aliases(f"{tmp_path}/link", tmp_path)] == [os.path.realpath("/etc/hostname")]


def test_a_file_system_that_takes_a_and_b_apart_is_known_by_its_own_names(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    assert not folds_case(tmp_path / "folder")
    (tmp_path / "FOLDER").symlink_to("folder")
    assert folds_case(tmp_path / "folder")
