"""YAML → Settings, Baseline: read what a person wrote, and refuse what cannot be meant."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from monitor.errors import ConfigError
from monitor.masking import shown_address
from monitor.read.days import first_day
from monitor.records import Baseline, Claim, ClaimKind, Comparator
from monitor.yaml_file import find_node, load_yaml, on_one_line, parse_yaml, read_text

FOLDERS_DEEP = 20
NO_SETTINGS = "Pass --config FILE, or copy config/feeds.yaml from the project."


def _http_address(value: str) -> str:
    try:
        parts = urlsplit(value)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # brackets that do not close, a port past 65535
        usable = False
    if not usable or " " in value or not value.isprintable():
        raise ValueError("expected an address that starts with http:// or https://")
    return value


def _feed_address(value: str) -> str:
    if "@" in urlsplit(_http_address(value)).netloc:
        raise ValueError("expected an address without user name and password; name a login for them")
    return value


def _login(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,60}", value):
        raise ValueError("expected a short name of letters, digits, - and _; the password stands in a variable")
    return value


def _time_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("expected a time zone such as Europe/Zurich or UTC") from None
    return value


def _time_of_day(value: str) -> str:
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
        raise ValueError('expected a time of day in quotes, such as "07:00"')
    return value


def _published(value: object) -> object:
    text = str(value) if type(value) is int else value  # a bare year is a number to YAML
    if isinstance(text, str) and not _is_partial_date(text):
        raise ValueError("expected a year, month or day, such as 2024, 2024-10 or 2024-10-09")
    return text


def _is_partial_date(text: str) -> bool:
    try:
        dt.date.fromisoformat(text + "-01-01"[len(text) - 4 :])
    except ValueError:
        return False
    return re.fullmatch(r"\d{4}(-\d{2}){0,2}", text) is not None


def _language(value: str) -> str:
    if not re.fullmatch(r"[a-z]{2,3}", value):
        raise ValueError("expected a language code of two letters, such as fr")
    return value


def _folder(value: str) -> str:
    if not value.isprintable() or not all(part.strip() for part in value.split("/")):
        raise ValueError("expected names of folders with a slash between them, such as Korea/Agencies")
    if value.count("/") >= FOLDERS_DEEP:
        raise ValueError(f"expected at most {FOLDERS_DEEP} folders in one another")
    return "/".join(part.strip() for part in value.split("/"))


def _network(value: object) -> object:
    if isinstance(value, IPv4Network | IPv6Network):
        return value
    try:
        return ip_network(value if isinstance(value, str) else "")
    except ValueError:
        raise ValueError("expected a network such as 127.0.0.0/8") from None


def _claim_id(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_.-]{0,30}", value):
        raise ValueError("expected a short name of letters and digits that starts with a letter, such as C1")
    return value


def _domain(value: str) -> str:
    if not re.fullmatch(r"(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_]{2,}", value) or value != value.lower():
        raise ValueError("expected a domain in small letters, such as example.org")
    return value


Login = Annotated[str, AfterValidator(_login)]
HttpAddress = Annotated[str, AfterValidator(_http_address)]
FeedAddress = Annotated[str, AfterValidator(_feed_address)]
TimeZone = Annotated[str, AfterValidator(_time_zone)]
TimeOfDay = Annotated[str, AfterValidator(_time_of_day)]
PartialDate = Annotated[str, BeforeValidator(_published)]
Language = Annotated[str, AfterValidator(_language)]
Network = Annotated[IPv4Network | IPv6Network, BeforeValidator(_network)]
Folder = Annotated[str, AfterValidator(_folder)]
Domain = Annotated[str, AfterValidator(_domain)]
ClaimId = Annotated[str, AfterValidator(_claim_id)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class ReaderSettings(_Section):
    """Where the reader is: the zone that times are printed in, and when the daily digest is written."""

    time_zone: TimeZone = "UTC"
    digest_at: TimeOfDay = "07:00"


class CollectSettings(_Section):
    """How the web is asked. contact: an address or page named in the User-Agent.

    poll_minutes: how often a new feed is asked; then as often as it has news, between poll_minutes_min and
    poll_minutes_max, which give way to poll_minutes. What a server or feed asks for may lengthen the wait, up
    to poll_minutes_max. pause_s: from the start of one request to the start of the next one to the same host.
    robots: whether robots.txt decides which article pages may be fetched. allow_networks: private networks that
    may be reached all the same, as 127.0.0.0/8.
    """

    contact: str = ""
    deadline_s: float = Field(default=30, gt=0, le=600)
    max_body_mb: float = Field(default=10, gt=0, le=200)
    max_redirects: int = Field(default=5, ge=0, le=20)
    requests_per_host: int = Field(default=2, ge=1, le=16)
    requests_at_once: int = Field(default=32, ge=1, le=1000)
    pause_s: float = Field(default=1, ge=0, le=60)
    robots: bool = True
    poll_minutes: float = Field(default=30, gt=0, le=1440)
    poll_minutes_min: float = Field(default=15, gt=0, le=1440)
    poll_minutes_max: float = Field(default=1440, gt=0, le=1440)
    allow_networks: tuple[Network, ...] = Field(default=(), strict=False)


class ReadSettings(_Section):
    """How pages are read. deadline_s: after it the worker process is killed."""

    workers: int = Field(default=2, ge=1, le=64)
    deadline_s: float = Field(default=20, gt=0, le=600)
    tries: int = Field(default=4, ge=1, le=20)


class JudgeSettings(_Section):
    """Which model scores the pairs.

    embedded: the weights in the package. folder: a local ONNX export at `path`. openai: a server
    that speaks the OpenAI chat API at `url`, with `model`; the key comes from the environment
    variable MONITOR_JUDGE_KEY.
    """

    backend: Literal["embedded", "folder", "openai"] = "embedded"
    path: str | None = None
    url: HttpAddress | None = None
    model: str | None = None
    threads: int = Field(default=2, ge=1, le=64)


class HealthSettings(_Section):
    """Who may ask how the work goes. metrics_port: for Prometheus, at /metrics; none is opened without it."""

    metrics_port: int | None = Field(default=None, ge=1, le=65535)
    metrics_host: str = "127.0.0.1"


class StoreSettings(_Section):
    """How the database is kept. backups: nightly ones beside it, the newest that stay; 0: none are made."""

    backups: int = Field(default=3, ge=0, le=365)


class FeedSettings(_Section):
    """One feed. lang: what it is mostly written in; the text itself decides. paused: True leaves it unasked.

    login: for a feed that asks who reads it: NAME is in the environment variable MONITOR_LOGIN_NAME.
    folder: where it stands in a list of feeds, outer folders first, such as Korea/Agencies.
    """

    url: FeedAddress
    name: str = Field(min_length=1)
    lang: Language | None = None
    folder: Folder | None = None
    paused: bool = False
    login: Login | None = None


class Settings(_Section):
    """config/feeds.yaml: every default of the product stands here and nowhere else.

    families: registered domain, or host → the publisher it belongs to. aliases: names of one person, a list each.
    """

    reader: ReaderSettings = ReaderSettings()
    collect: CollectSettings = CollectSettings()
    read: ReadSettings = ReadSettings()
    judge: JudgeSettings = JudgeSettings()
    health: HealthSettings = HealthSettings()
    store: StoreSettings = StoreSettings()
    families: dict[Domain, str] = Field(default_factory=dict)
    aliases: list[Annotated[list[Annotated[str, Field(min_length=1)]], Field(min_length=2)]] = Field(
        default_factory=list
    )
    feeds: tuple[FeedSettings, ...] = Field(default=(), strict=False)


class _BaselineHead(_Section):
    title: str = Field(min_length=1)
    language: Language
    published: PartialDate | None = None
    url: HttpAddress | None = None


class _FigureRow(_Section):
    text: str
    low: float
    high: float
    unit: str | None = None
    comparator: Comparator = Field(default=Comparator.EXACTLY, strict=False)


class _ClaimRow(_Section):
    id: ClaimId
    text: str = Field(min_length=8, max_length=1000)
    lang: Language | None = None
    watch: bool = True
    kind: ClaimKind | None = Field(default=None, strict=False)
    asserted_by: str | None = None
    figures: tuple[_FigureRow, ...] = Field(default=(), strict=False)
    dates: tuple[PartialDate, ...] = Field(default=(), strict=False)
    start: int | None = Field(default=None, ge=0)
    end: int | None = Field(default=None, ge=0)
    quote: str | None = None


class _BaselineFile(_Section):
    """The claims file. start, end and quote of a claim say where it stands in the baseline article.

    kind, asserted_by, figures and dates are what was read there when the claim was proposed, for a person.
    """

    baseline: _BaselineHead
    claims: tuple[_ClaimRow, ...] = Field(min_length=1, strict=False)


def load_settings(path: Path) -> Settings:
    """Read config/feeds.yaml.

    Raises ConfigError with file, line, key, value and what was expected, for the first thing that is
    wrong; also if there are no feeds, or two have one address.
    """
    settings, _ = read_settings(read_text(path, NO_SETTINGS), path)
    if not settings.feeds:
        raise ConfigError(f"{path}: feeds: none; add at least one, with url and name.")
    return settings


def read_settings(text: str, path: Path) -> tuple[Settings, yaml.Node]:
    """Read the text of config/feeds.yaml as load_settings does, and as nodes; it may list no feeds yet.

    path: named in the errors.
    """
    data, nodes = parse_yaml(text, path, NO_SETTINGS)
    try:
        settings = Settings.model_validate(data)
    except ValidationError as error:
        raise _refusal(path, nodes, error, top=Settings) from None
    _refuse_twins(path, nodes, "feeds", [feed.url for feed in settings.feeds], "url")
    return settings, nodes


def load_baseline(path: Path) -> Baseline:
    """Read the claims file, such as config/baseline.yaml.

    Raises ConfigError as load_settings does; also if two claims have one id.
    """
    data, nodes = load_yaml(path, "Add one: monitor baseline add URL|FILE.")
    try:
        file = _BaselineFile.model_validate(data)
    except ValidationError as error:
        raise _refusal(path, nodes, error, top=_BaselineFile) from None
    _refuse_twins(path, nodes, "claims", [claim.id for claim in file.claims], "id")
    head = file.baseline
    day = first_day(head.published)
    claims = tuple(Claim(row.id, row.text, row.lang or head.language, row.watch, day) for row in file.claims)
    return Baseline(head.title, head.language, head.published, head.url, claims)


def _refusal(path: Path, root: yaml.Node, error: ValidationError, *, top: type[_Section]) -> ConfigError:
    """Turn pydantic's first complaint into one line: file, line, key, value, expected."""
    first = error.errors()[0]
    location = first["loc"]
    line, node = find_node(root, location)
    key = on_one_line(
        "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location).lstrip(".")
    )
    where = f"{path}, line {line}" if line else str(path)
    if first["type"] == "extra_forbidden":
        return ConfigError(f"{where}: {key}: unknown key; expected one of {_known_keys(location[:-1], top)}.")
    if first["type"] == "missing":
        return ConfigError(f"{where}: {key}: missing; add it.")
    raw = node.value if isinstance(node, yaml.ScalarNode) else None
    if first["type"] == "model_type":
        expected = f"keys such as {_known_keys(location, top)}"
    elif first["type"] == "string_type" and raw:
        expected = f'text; put it in quotes: "{raw}"'
    else:
        expected = _EXPECTED.get(first["type"], first["msg"]).format(**first.get("ctx", {}))
        expected = (
            expected.removeprefix("Value error, ").removeprefix("Input should be ").removeprefix("expected ")
        )
    return ConfigError(f"{where}: {key or 'the file'}: {_value(first['input'], raw)}; expected {expected}.")


_EXPECTED = {
    "tuple_type": "a list, with a dash (-) before each item",
    "string_type": "text",
    "string_too_short": "text of {min_length} characters or more",
    "string_too_long": "text of {max_length} characters or fewer",
    "too_short": "at least one item",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
}


def _value(value: object, raw: str | None) -> str:
    """Show a value as it was written (17:00 and no are a number and a yes-or-no to YAML)."""
    if value is None:
        return "nothing"
    shown = shown_address(raw if raw is not None and not isinstance(value, str) else repr(value))
    return shown if len(shown) <= 80 else shown[:77] + "..."


def _known_keys(location: Sequence[int | str], top: type[_Section]) -> str:
    """The keys allowed at a place of either file; sections are told apart by their names."""
    section = next((part for part in reversed(location) if isinstance(part, str)), "")
    sections: dict[str, type[_Section]] = {
        "reader": ReaderSettings,
        "collect": CollectSettings,
        "read": ReadSettings,
        "judge": JudgeSettings,
        "health": HealthSettings,
        "store": StoreSettings,
        "feeds": FeedSettings,
        "baseline": _BaselineHead,
        "claims": _ClaimRow,
        "figures": _FigureRow,
    }
    return ", ".join(sections.get(section, top).model_fields)


def _refuse_twins(path: Path, root: yaml.Node, section: str, values: Sequence[str], key: str) -> None:
    """Refuse two rows of a list that share what should tell them apart."""
    first: dict[str, int] = {}
    for index, value in enumerate(values):
        if value in first:
            line, _ = find_node(root, (section, index))
            raise ConfigError(
                f"{path}, line {line}: {section}[{index}].{key}: {value!r} stands at"
                f" {section}[{first[value]}] already; keep one."
            )
        first[value] = index
