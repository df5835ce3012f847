"""A newcomer has a layout written for the services of their repository, opens it, and keeps what they made of it."""

from pathlib import Path

import pytest

from tests.robot import World

RUN = "run:\n\t@echo the api runs; exec cat\n"
LAYOUTS = Path(".hive") / "layouts"


@pytest.fixture
def repository(world: World) -> World:
    """Two services, one of which says how it is run; agents are shells, since no agent program is here."""
    for name in ("api", "web"):
        (world.project / "services" / name).mkdir(parents=True)
    (world.project / "services" / "api" / "Makefile").write_text(RUN)
    return world


def test_what_init_finds_is_shown_asked_about_and_run(repository: World) -> None:
    repository.done("init")
    file = repository.project / LAYOUTS / "shop.yaml"
    text = file.read_text()
    assert "command: [make, run]" in text
    file.write_text(text.replace("kind: claude", "kind: shell"))
    assert "make run" in repository.done("up", "shop", "--dry-run")
    code, _, said = repository.hive("up", "shop", "--detach")
    assert code == 2
    assert "Run this?" in said
    robot = repository.opens("up", "shop", "--yes")
    robot.sees("1 api")
    robot.press("]")
    robot.sees("api-run", "the api runs")
    robot.leaves()
    assert set(repository.pids()) == {"api", "web", "api-run"}


def test_the_layout_of_services_is_asked_about_anew_when_the_repository_names_another_command(
    repository: World,
) -> None:
    mine = repository.paths.config / "layouts" / "services.yaml"
    mine.parent.mkdir(parents=True)
    mine.write_text("version: 1\nname: services\ndefaults: {kind: shell}\nagents: services\n")
    repository.done("up", "services", "--detach", "--yes")
    assert set(repository.pids()) == {"api", "web", "api-run"}
    repository.done("up", "services", "--detach")
    (repository.project / "services" / "web" / "Procfile").write_text("web: touch ../../ran; cat\n")
    code, _, said = repository.hive("up", "services", "--detach")
    assert code == 2
    assert "Run this?" in said
    assert not (repository.project / "ran").exists()


def test_a_file_that_differs_from_what_runs_is_brought_to_it_from_the_screen(world: World) -> None:
    file = world.project / LAYOUTS / "robot.yaml"
    file.parent.mkdir(parents=True)
    text = "version: 1\nname: robot\n# both\nagents: {a: {command: [cat]}, b: {command: [cat]}}\ntabs:\n  - panes: [a, b]\n"
    file.write_text(text)
    world.done("up", "robot", "--detach", "--yes")
    file.write_text(text + "    sizes: [3, 1]  # wide\n")
    assert "-    sizes: [3, 1]  # wide" in world.done("layouts", "diff")
    robot = world.opens()
    robot.sees("1 a", "2 b")
    robot.press("L")
    robot.sees("▸ robot", "project", "runs here")
    robot.press("C-s")
    robot.sees("Save ", "sizes: [1, 1]", "enter save")
    robot.press("Enter")
    robot.sees("Saved ")
    robot.leaves()
    assert file.read_text() == text + "    sizes: [1, 1]  # wide\n"
    assert "says what runs" in world.hive("layouts", "diff")[2]
    assert world.hive("save")[0] == 0
