"""What is asked of a model at once, and what comes of it: the two ends of `python -m hiveui.llm`, as JSON."""

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Question:
    """Prompts for one model; each is a request of its own, so that none can speak into another's answer."""

    model: str
    prompts: tuple[str, ...]
    system: str
    base_url: str = ""
    """'' for the provider's own."""
    tokens: int = 512
    """Tokens that one answer may have."""
    together: int = 4
    """Requests that are under way at a time."""
    seconds: float = 20.0
    """Time for all of them."""

    def to_json(self) -> bytes:
        """Write it as one line."""
        return json.dumps(asdict(self)).encode()

    @classmethod
    def from_json(cls, data: bytes) -> "Question":
        """Read what `to_json` wrote."""
        found = json.loads(data)
        return cls(**found | {"prompts": tuple(found["prompts"])})


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one prompt: a text, or the sentence that says why there is none."""

    text: str = ""
    problem: str = ""
    input: int = 0
    """Tokens that went in; none where nothing was sent."""
    output: int = 0
