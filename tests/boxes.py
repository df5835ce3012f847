"""Sandboxes to try: folders like those of an agent, and words that run a program there."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hiveui.agents.sandboxes import box
from hiveui.agents.sandboxes.box import Folders, Site
from hiveui.agents.sandboxes.templates import sandboxes
from hiveui.model.box import Box, Boxed

NOTHING = Box()


@dataclass
class Yard:
    """A home, HiveUI's own folder and a checkout, below one folder."""

    top: Path
    git: Path | None = None
    env: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))

    def __post_init__(self) -> None:
        for name in ("home/.ssh", "hive/other", "hive/sandboxes/a-1/home", "hive/sandboxes/a-1/gate", "checkout"):
            (self.top / name).mkdir(parents=True)
        (self.top / "home/.ssh/key").write_text("secret")
        (self.top / "hive/other/code").write_text("of another agent")

    @property
    def folders(self) -> Folders:
        return Folders(self.top / "hive/sandboxes/a-1")

    @property
    def checkout(self) -> Path:
        return self.top / "checkout"

    def words(self, argv: Sequence[str], given: Box = NOTHING, use: str = "bubblewrap") -> list[str]:
        boxed, template = Boxed(use, given), sandboxes()[use]
        hidden = (self.top / "home", self.top / "hive")
        site = Site(
            self.checkout,
            self.git,
            str(self.checkout),
            hidden,
            env=self.variables(given),
            socket=str(self.top / "hive/socket"),
        )
        plan = box.plan_of(template, boxed, self.folders, site, argv)
        self.folders.plan.write_bytes(plan.to_json())
        return box.opens(self.folders)

    def variables(self, given: Box = NOTHING) -> dict[str, str]:
        return {**self.env, **box.variables(Boxed("bubblewrap", given), self.folders)}
