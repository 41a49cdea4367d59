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
from monitor.records import Baseline, Claim

MAX_FILE_BYTES = 5_000_000  # a config of 50,000 feeds is 4 MB; more is a mistake (a database named as the config)


def _http_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or any(c.isspace() for c in value):
        raise ValueError("expected an address that starts with http:// or https://")
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
    if isinstance(value, dt.date):
        return value.isoformat()[:10]
    if isinstance(value, str) and not re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", value):
        raise ValueError("expected a year, month or day, such as 2024, 2024-10 or 2024-10-09")
    return str(value) if isinstance(value, int) else value


def _language(value: str) -> str:
    if not re.fullmatch(r"[a-z]{2,3}", value):
        raise ValueError("expected a language code of two letters, such as fr")
    return value


def _network(value: object) -> object:
    try:
        return ip_network(value) if isinstance(value, str) else value
    except ValueError:
        raise ValueError("expected a network such as 127.0.0.0/8") from None


HttpAddress = Annotated[str, AfterValidator(_http_address)]
TimeZone = Annotated[str, AfterValidator(_time_zone)]
TimeOfDay = Annotated[str, AfterValidator(_time_of_day)]
PartialDate = Annotated[str, BeforeValidator(_published)]
Language = Annotated[str, AfterValidator(_language)]
Network = Annotated[IPv4Network | IPv6Network, BeforeValidator(_network)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class ReaderSettings(_Section):
    """Where the reader is: the zone that times are printed in, and when the daily digest is written."""

    time_zone: TimeZone = "UTC"
    digest_at: TimeOfDay = "07:00"


class CollectSettings(_Section):
    """How the web is asked. contact: an address or page named in the User-Agent.

    allow_networks: private networks that may be reached all the same, as 127.0.0.0/8.
    """

    contact: str = ""
    deadline_s: float = Field(default=30, gt=0, le=600)
    max_body_mb: float = Field(default=10, gt=0, le=200)
    max_redirects: int = Field(default=5, ge=0, le=20)
    requests_per_host: int = Field(default=2, ge=1, le=16)
    requests_at_once: int = Field(default=32, ge=1, le=1000)
    poll_minutes: float = Field(default=30, gt=0, le=1440)
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


class FeedSettings(_Section):
    """One feed. lang: what it is mostly written in; the text itself decides."""

    url: HttpAddress
    name: str = Field(min_length=1)
    lang: Language | None = None


class Settings(_Section):
    """config/feeds.yaml: every default of the product stands here and nowhere else."""

    reader: ReaderSettings = ReaderSettings()
    collect: CollectSettings = CollectSettings()
    read: ReadSettings = ReadSettings()
    judge: JudgeSettings = JudgeSettings()
    feeds: tuple[FeedSettings, ...] = Field(default=(), strict=False)


class _BaselineHead(_Section):
    title: str = Field(min_length=1)
    language: Language
    published: PartialDate | None = None
    url: HttpAddress | None = None


class _ClaimRow(_Section):
    id: str = Field(pattern=r"^[A-Za-z][A-Za-z0-9_.-]{0,30}$")
    text: str = Field(min_length=8, max_length=1000)
    lang: Language | None = None
    watch: bool = True
    start: int | None = Field(default=None, ge=0)
    end: int | None = Field(default=None, ge=0)
    quote: str | None = None


class _BaselineFile(_Section):
    """The claims file. start, end and quote of a claim say where it stands in the baseline article."""

    baseline: _BaselineHead
    claims: tuple[_ClaimRow, ...] = Field(min_length=1, strict=False)


def load_settings(path: Path) -> Settings:
    """Read config/feeds.yaml.

    Raises ConfigError with file, line, key, value and what was expected, for the first thing that is
    wrong; also if two feeds have one address.
    """
    data, nodes = _load_yaml(path, "Pass --config FILE, or copy config/feeds.yaml from the project.")
    try:
        settings = Settings.model_validate(data)
    except ValidationError as error:
        raise _refusal(path, nodes, error) from None
    _refuse_twins(path, nodes, "feeds", [feed.url for feed in settings.feeds], "url")
    return settings


def load_baseline(path: Path) -> Baseline:
    """Read the claims file, such as config/baseline.yaml.

    Raises ConfigError as load_settings does; also if two claims have one id.
    """
    data, nodes = _load_yaml(path, "Add one: monitor baseline add URL|FILE.")
    try:
        file = _BaselineFile.model_validate(data)
    except ValidationError as error:
        raise _refusal(path, nodes, error) from None
    _refuse_twins(path, nodes, "claims", [claim.id for claim in file.claims], "id")
    head = file.baseline
    claims = tuple(Claim(row.id, row.text, row.lang or head.language, row.watch) for row in file.claims)
    return Baseline(head.title, head.language, head.published, head.url, claims)


def _load_yaml(path: Path, hint: str) -> tuple[object, yaml.Node | None]:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise ConfigError(f"{path}: larger than {MAX_FILE_BYTES:,} bytes; is this the right file?")
        text = path.read_text(encoding="utf-8-sig")
        for token in yaml.scan(text, Loader=yaml.SafeLoader):
            if isinstance(token, yaml.AliasToken):
                line = token.start_mark.line + 1
                raise ConfigError(f"{path}, line {line}: *{token.value} is an alias; write it out instead.")
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        _refuse_keys_given_twice(path, node)
        return yaml.safe_load(text), node
    except FileNotFoundError:
        raise ConfigError(f"{path}: no such file. {hint}") from None
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not UTF-8 text (byte {error.start}); save it as UTF-8.") from None
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}).") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise ConfigError(f"{path}{where}: not YAML: {error.problem}. Mend that line.") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise ConfigError(f"{path}: not YAML: {reason}.") from None


def _refuse_keys_given_twice(path: Path, node: yaml.Node | None) -> None:
    """YAML lets the last of two equal keys win in silence; a person meant one of them."""
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                line = key.start_mark.line + 1
                raise ConfigError(f"{path}, line {line}: {key.value}: given twice; keep one.")
            seen.add(str(key.value))
            _refuse_keys_given_twice(path, value)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _refuse_keys_given_twice(path, item)


def _refusal(path: Path, root: yaml.Node | None, error: ValidationError) -> ConfigError:
    """Turn pydantic's first complaint into one line: file, line, key, value, expected."""
    first = error.errors()[0]
    location = first["loc"]
    line = _line_of(root, location)
    key = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location).lstrip(".")
    where = f"{path}, line {line}" if line else str(path)
    if first["type"] == "extra_forbidden":
        known = ", ".join(_known_keys(location[:-1]))
        return ConfigError(f"{where}: {key}: unknown key; expected one of {known}.")
    if first["type"] == "missing":
        return ConfigError(f"{where}: {key}: missing; add it.")
    expected = first["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
    expected = expected if expected.startswith("expected") else f"expected {expected}"
    value = repr(first["input"])
    value = value if len(value) <= 80 else value[:77] + "..."
    return ConfigError(f"{where}: {key or 'the file'}: {value}; {expected}.")


def _known_keys(location: Sequence[int | str]) -> list[str]:
    """The keys allowed at a place of either file; sections are told apart by their names."""
    section = next((part for part in reversed(location) if isinstance(part, str)), "")
    sections: dict[str, type[_Section]] = {
        "reader": ReaderSettings,
        "collect": CollectSettings,
        "read": ReadSettings,
        "judge": JudgeSettings,
        "feeds": FeedSettings,
        "baseline": _BaselineHead,
        "claims": _ClaimRow,
        "": Settings,
    }
    return list(sections[section].model_fields)


def _line_of(node: yaml.Node | None, location: Sequence[int | str]) -> int | None:
    """The line, from 1, of the deepest node on the way to location."""
    line = None
    for part in location:
        if isinstance(node, yaml.MappingNode):
            found = next(((k, v) for k, v in node.value if k.value == part), None)
            if found is None:
                return line
            line, node = found[0].start_mark.line + 1, found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int):
            node = node.value[part]
            line = node.start_mark.line + 1
    return line


def _refuse_twins(path: Path, root: yaml.Node | None, section: str, values: Sequence[str], key: str) -> None:
    """Refuse two rows of a list that share what should tell them apart."""
    first: dict[str, int] = {}
    for index, value in enumerate(values):
        if value in first:
            line = _line_of(root, (section, index))
            raise ConfigError(
                f"{path}, line {line}: {section}[{index}].{key}: {value!r} stands at"
                f" {section}[{first[value]}] already; keep one."
            )
        first[value] = index
