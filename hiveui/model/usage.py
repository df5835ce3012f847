"""What agents use: tokens, what they cost, and how full the context is. Pure sums over requests to models."""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from operator import add, sub

MILLION = 1_000_000
SAID = "said"
"""In the memory of a source: what its program itself says that all of it cost, in USD."""
RECENT = 64
"""Requests of one source that are remembered: programs write one several times over while it is answered."""
_DATED = r"(?:[-@](?:\d{8}|\d{4}-\d{2}-\d{2}|\d{3}|latest))?(?:\[[a-z0-9]+\])?"
"""What may follow a model's name without making it another model: a date or version, and `[1m]`."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens of requests; each counts in one field only."""

    input: int = 0
    """Neither read from a cache nor written to one."""
    output: int = 0
    """With those that the model thought in."""
    cache_read: int = 0
    cache_write: int = 0
    """Written for five minutes, or for as long as the provider keeps it."""
    cache_write_hour: int = 0

    def __add__(self, other: "Tokens") -> "Tokens":
        return Tokens(*map(add, self.counts, other.counts))

    def __sub__(self, other: "Tokens") -> "Tokens":
        return Tokens(*map(sub, self.counts, other.counts))

    @property
    def counts(self) -> tuple[int, ...]:
        """All fields, in their order. `dataclasses.astuple` takes ten times as long, and sums are made all the time."""
        return self.input, self.output, self.cache_read, self.cache_write, self.cache_write_hour

    @property
    def prompt(self) -> int:
        """Tokens that went in."""
        return self.input + self.cache_read + self.cache_write + self.cache_write_hour

    @property
    def total(self) -> int:
        """All of them."""
        return self.prompt + self.output


@dataclass(frozen=True, slots=True)
class Request:
    """One request to a model, as an agent's program wrote it down."""

    key: str
    """What it is told by; of several with the same key the last counts. '' for none."""
    time: str
    """RFC 3339, UTC, of fixed width; '' where unknown."""
    day: str
    """On this machine's calendar: `2026-11-21`."""
    model: str
    tokens: Tokens
    usd: float | None = None
    """What the program says that it cost; None where it says nothing."""
    context: int = 0
    """Tokens that the conversation holds after it; 0 where it is no turn of the conversation itself."""
    window: int = 0
    """Tokens that the model can hold, where the program says so."""
    repeated: bool = False
    """It stands in a list of what was said before, and counts only where it is news."""


@dataclass(frozen=True, slots=True)
class Rate:
    """USD for a million tokens."""

    input: float
    output: float
    cache_read: float | None = None
    """None: as `input`."""
    cache_write: float | None = None
    cache_write_hour: float | None = None

    def cost(self, tokens: Tokens) -> float:
        """Give what tokens cost, in USD."""
        rates = [self.input if (rate := getattr(self, f.name)) is None else rate for f in fields(Tokens)]
        return math.fsum(rate * count for rate, count in zip(rates, tokens.counts, strict=True)) / MILLION


@dataclass(frozen=True, slots=True)
class Price:
    """One entry of the price table."""

    model: str
    rate: Rate
    since: str = ""
    """The first day that it holds for, `2026-12-01`; '' for ever."""
    window: int = 0
    """Tokens that the model can hold; 0 where unknown."""
    above: int = 0
    """A request with more tokens than that in its prompt costs `long` as a whole; 0: none does."""
    long: Rate | None = None

    def cost(self, tokens: Tokens) -> float:
        """Give what one request costs, in USD."""
        rate = self.long if self.long is not None and tokens.prompt > self.above else self.rate
        return rate.cost(tokens)


@dataclass(frozen=True, slots=True)
class Prices:
    """The price table."""

    date: str
    """The day on which it was looked up."""
    prices: tuple[Price, ...]

    def find(self, model: str, day: str) -> Price | None:
        """Find what a model costs on a day; None where that is unknown: a near name is another model."""
        fitting = [p for p in self.prices if model.startswith(p.model) and re.fullmatch(_DATED, model[len(p.model) :])]
        fitting = [p for p in fitting if p.since <= day]
        return max(fitting, key=lambda p: (len(p.model), p.since), default=None)


@dataclass(slots=True)
class Row:
    """What one agent used of one model on one day."""

    day: str
    model: str
    requests: int = 0
    tokens: Tokens = field(default_factory=Tokens)
    usd: float = 0.0
    unpriced: int = 0
    """Tokens whose price is unknown: they are in no sum of money."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What one request added to a row, so that it can be taken back."""

    day: str
    model: str
    tokens: Tokens
    usd: float | None


@dataclass(slots=True)
class Source:
    """One file or database that an agent's program writes, and how far it is counted."""

    inode: int = 0
    offset: int = 0
    """Bytes that were read."""
    head: tuple[int, ...] = ()
    """Length and CRC-32 of its first bytes: another head is another file, whatever its name."""
    skipping: bool = False
    """In the middle of a line that is too long to read."""
    newest: str = ""
    """The time of the newest request."""
    counted: str = ""
    """The file was put in place of another: what it has up to this time was counted."""
    memory: dict[str, str] = field(default_factory=dict)
    """What its format needs to understand the next line."""
    recent: dict[str, Counted] = field(default_factory=dict)


@dataclass(slots=True)
class Account:
    """What one agent used, ever."""

    agent: str
    workspace: str
    name: str
    """The workspace's."""
    role: str
    kind: str
    sources: dict[str, Source] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    context: int = 0
    window: int = 0
    model: str = ""

    def count(self, source: Source, request: Request, prices: Prices) -> bool:
        """Take a request in; tell whether it was news."""
        before = source.recent.pop(request.key, None) if request.key else None
        until = source.newest if request.repeated else source.counted
        if before is None and request.time and request.time <= until:
            return False
        price = prices.find(request.model, request.day)
        usd = request.usd or (price.cost(request.tokens) if price is not None else None)
        news = Counted(before.day if before is not None else request.day, request.model, request.tokens, usd)
        if request.key:
            source.recent[request.key] = news
            while len(source.recent) > RECENT:
                del source.recent[next(iter(source.recent))]
        source.newest = max(source.newest, request.time)
        if request.context and not request.repeated:
            self.context, self.model = request.context, request.model
            self.window = request.window or (price.window if price is not None else 0)
        if before == news:
            return False
        if before is not None:
            self._add(before, -1)
        self._add(news, 1)
        return True

    def _add(self, counted: Counted, sign: int) -> None:
        row = next((r for r in reversed(self.rows) if (r.day, r.model) == (counted.day, counted.model)), None)
        if row is None:
            row = Row(counted.day, counted.model)
            self.rows.append(row)
        row.requests += sign
        row.tokens = row.tokens + counted.tokens if sign > 0 else row.tokens - counted.tokens
        row.usd += sign * (counted.usd or 0.0)
        row.unpriced += sign * (counted.tokens.total if counted.usd is None else 0)

    @property
    def said(self) -> float | None:
        """What the program itself says that its conversations cost, in USD; None where it says nothing."""
        told = [float(source.memory[SAID]) for source in self.sources.values() if SAID in source.memory]
        return math.fsum(told) if told else None

    @property
    def full(self) -> int | None:
        """How full the context is, in per cent; None where that is unknown."""
        return min(100, round(100 * self.context / self.window)) if self.window and self.context else None


@dataclass(frozen=True, slots=True)
class Spend:
    """What something used altogether, as everybody sees it."""

    tokens: Tokens = field(default_factory=Tokens)
    usd: float = 0.0
    """What is known of the cost."""
    unpriced: int = 0
    """Tokens whose price is unknown; then the cost is more than `usd`."""
    context: int | None = None
    """How full the context is, in per cent."""
    today: float = 0.0
    """Of `usd`, that of the day `day`."""
    day: str = ""
    model: str = ""

    @property
    def used(self) -> bool:
        """Tell whether anything was used."""
        return self.tokens.total > 0


def total(rows: Iterable[Row], today: str = "") -> Spend:
    """Sum rows up."""
    rows = list(rows)
    return Spend(
        sum((row.tokens for row in rows), Tokens()),
        max(0.0, math.fsum(row.usd for row in rows)),
        sum(row.unpriced for row in rows),
        today=max(0.0, math.fsum(row.usd for row in rows if row.day == today)),
        day=today,
    )


def together(spends: Iterable[Spend]) -> Spend:
    """Sum up what several used."""
    spends = list(spends)
    day = max((spend.day for spend in spends), default="")
    return Spend(
        sum((spend.tokens for spend in spends), Tokens()),
        math.fsum(spend.usd for spend in spends),
        sum(spend.unpriced for spend in spends),
        today=math.fsum(spend.today for spend in spends if spend.day == day),
        day=day,
    )


def money(spend: Spend) -> str:
    """Say what something cost: `$1.42`; `$1.42+?` where a part of it is unknown, `?` where all of it is."""
    if spend.unpriced:
        return f"{dollars(spend.usd)}+?" if spend.usd else "?"
    return dollars(spend.usd)


def dollars(usd: float) -> str:
    """Write an amount: whole cents, and more of what is less than one."""
    return f"${usd:,.4f}" if 0 < usd < 0.01 else f"${usd:,.2f}"


def amount(count: int) -> str:
    """Write a number of tokens as a person reads it: `950`, `12.3k`, `4.1M`."""
    for size, unit in ((1_000_000_000, "G"), (MILLION, "M"), (1000, "k")):
        if count >= size:
            return f"{count / size:.1f}{unit}"
    return str(count)


def crossed(before: float, after: float, budget: float | None) -> int:
    """Tell which part of a budget was used up between two sums, in per cent: 100, 80, or 0 for neither."""
    return next((part for part in (100, 80) if budget and before < budget * part / 100 <= after), 0)


def by(key: str, accounts: Iterable[Account]) -> Mapping[str, list[Row]]:
    """Gather rows by `day` or `model`."""
    gathered: dict[str, list[Row]] = {}
    for account in accounts:
        for row in account.rows:
            gathered.setdefault(getattr(row, key), []).append(row)
    return gathered
