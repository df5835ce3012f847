import configparser
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

USE = """
from pathlib import Path
import hiveui
from hiveui.agents import catalog
from hiveui.agents.rehearsal.__main__ import load
from hiveui.agents.scratch import make_scratch
from hiveui.paths import Paths
from hiveui.hive.services import read_for

package = Path(hiveui.__file__).parent
paths = Paths.find({"HOME": str(Path.cwd())})
for name in ("pair", "team", "squad", "review", "services", "swarm", "demo"):
    file = paths.find_layout(name, Path.cwd())
    assert file.is_relative_to(package), file
    assert read_for(Path.cwd(), file, catalog.catalog())[1].agents
assert load("planner").steps
make_scratch(Path("shop"))
assert (package / "tui" / "app.tcss").read_text()
print(package)
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what a wheel made of this checkout installs."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(folder / "site")
    return folder / "site"


def test_what_is_shipped_is_found_in_a_wheel(installed: Path, tmp_path: Path) -> None:
    used = subprocess.run(
        [sys.executable, "-W", "error", "-c", USE],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
    )
    assert used.stderr == ""
    assert used.stdout.strip() == str(installed / "hiveui")


def test_a_wheel_gives_both_commands(installed: Path) -> None:
    (written,) = installed.glob("*.dist-info/entry_points.txt")
    points = configparser.ConfigParser()
    points.read(written)
    assert dict(points["console_scripts"]) == {
        "hive": "hiveui.__main__:main",
        "hiveui": "hiveui.__main__:main",
    }
