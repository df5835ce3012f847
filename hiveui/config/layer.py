"""What one source of choices says."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from hiveui.config.settings import Settings

if TYPE_CHECKING:  # parsing YAML is imported where there is any
    from hiveui.storage.yaml import Place


@dataclass(frozen=True, slots=True)
class Layer:
    """What a file, or a variable of the environment, chooses."""

    values: Mapping[str, Any] = field(default_factory=dict)
    places: Mapping[str, "Place"] = field(default_factory=dict)
    """Where each choice stands: by option, and by `keys.ID`."""
    withheld: tuple[str, ...] = ()
    """Options that a project's file sets, and may not before it is trusted."""

    def over(self, settings: Settings) -> Settings:
        """Give the settings with these choices over them."""
        values = dict(self.values)
        if "keys" in values:
            values["keys"] = {**settings.keys, **values["keys"]}
        return replace(settings, **values)

    def origins(self) -> dict[str, str]:
        """Say where each choice was made."""
        names = [*self.values, *(f"keys.{id_}" for id_ in self.values.get("keys", ()))]
        return {name: _said(self.places[name]) for name in names}


def _said(place: "Place") -> str:
    return f"{place.file}:{place.line}" if place.line else place.file
