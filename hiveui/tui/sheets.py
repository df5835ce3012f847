"""The style sheet, parsed once in a process and those that it forks, not once for each screen."""

from functools import lru_cache
from typing import NamedTuple

from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.css.types import CSSLocation

Variables = tuple[tuple[str, str], ...]


class Text(NamedTuple):
    """One text of rules, as Textual has it."""

    css: str
    read_from: CSSLocation
    is_default_rules: bool
    tie_breaker: int
    scope: str


class Sheets(Stylesheet):
    """Textual's, whose rules are shared between all that have the same text and the same variables."""

    def _parse_rules(
        self,
        css: str,
        read_from: CSSLocation,
        is_default_rules: bool = False,
        tie_breaker: int = 0,
        scope: str = "",
    ) -> list[RuleSet]:
        text = Text(css, read_from, is_default_rules, tie_breaker, scope)
        return _parsed(text, tuple(sorted(self._variables.items())))

    def reparse(self) -> None:
        """Take other variables. What cannot be parsed would end the screen: it is ours, and tests parse it."""
        self.parse()


@lru_cache(128)
def _parsed(text: Text, variables: Variables) -> list[RuleSet]:
    return Stylesheet(variables=dict(variables))._parse_rules(*text)  # noqa: SLF001  there is no public way
