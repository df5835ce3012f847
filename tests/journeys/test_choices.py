"""A person changes their choices while they work: what they broke is said, and mended without leaving."""

from tests.robot import CAT, World

ENDED = "hive ended with 0"


def test_a_file_broken_and_mended_while_the_screen_is_open(world: World) -> None:
    file = world.paths.config_file
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("keys: {view.zoom: B}\n")
    world.up({"one": CAT, "two": CAT})
    robot = world.opens()
    robot.sees("1 one", "2 two", "B zoom")
    robot.press("B")
    robot.misses("2 two")
    robot.press("B")
    robot.sees("2 two")
    file.write_text("keys: {view.zoom: R}\n")
    robot.sees("config.yaml:1:8: Two commands are on the key R in Supervise: view.zoom and view.roster.")
    robot.press("B")
    robot.misses("2 two")
    file.write_text("keys: {view.zoom: f6}\nkeys_preset: tmux\n")
    robot.sees("The configuration is in order again.")
    robot.press("F6")
    robot.sees("2 two")
    robot.press("i")
    robot.sees("typing into 1 one")
    robot.types("hello")
    world.pane_sees("one", "hello")
    robot.press("C-b", "l")
    robot.sees("typing into 2 two")
    robot.types("there")
    world.pane_sees("two", "there")
    robot.press("C-b", "C-b")
    world.pane_sees("two", "there^B")
    robot.press("C-b", "q")
    robot.sees(ENDED)


def test_everything_is_found_by_a_few_letters_on_a_small_screen(world: World) -> None:
    world.up({"planner": CAT, "backend": CAT})
    robot = world.opens(columns=80, lines=24)
    robot.sees("1 planner", "q leave")
    robot.types(":backend")
    robot.sees("▸ Go to 2 backend")
    robot.press("Enter")
    robot.sees("2 backend  shell")
    robot.press("C-p")
    robot.sees("› ▏")
    robot.types("leave")
    robot.sees("▸ Leave; the agents go on")
    robot.press("Enter")
    robot.sees(ENDED)


def test_what_was_chosen_is_told_with_its_origin_and_an_editor_is_checked_after(world: World) -> None:
    broken = "sh -c 'echo theme: drak > \"$0\"'"
    code, _, said = world.hive("config", "edit", env={"EDITOR": broken})
    assert code == 2
    assert "config.yaml:1:8: `theme` of the configuration cannot be 'drak'" in said
    assert "Did you mean dark?" in said
    code, _, said = world.hive("config", "edit", env={"EDITOR": "sh -c 'echo theme: dark > \"$0\"'"})
    assert (code, "is in order" in said) == (0, True)
    shown = world.done("config", "show", env={"HIVE_MOTION": "reduced"})
    rows = {line.split()[0]: line.split()[-1] for line in shown.splitlines()}
    assert rows["theme"] == f"{world.paths.config_file}:1"
    assert (rows["motion"], rows["bell"]) == ("HIVE_MOTION", "default")
    (world.project / ".hive").mkdir()
    (world.project / ".hive" / "config.yaml").write_text("kind: codex\n")
    assert "hive config trust" in world.hive("config", "show")[2]
    world.done("config", "trust", "--yes")
    assert "codex" in world.done("config", "show")
