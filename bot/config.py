"""Settings: flags over environment over file over defaults, read once and passed in.

Promises: an unknown name, a wrong type or a value out of range is a ConfigError that says where it stands, and what may stand there. The
file itself is read by whoever calls (see commands/opening.py).
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic.fields import FieldInfo

from bot.errors import ConfigError
from bot.times import read_dates, read_week, read_weekly

PREFIX = "YONGSAN_BOT_"
_SQLITE = "sqlite:///"
_UNSET = ("", "~", "null", "Null", "NULL", None)
_TEXT, _SHARE, _PATH, _COUNT = "글", "0.0에서 1.0 사이의 수", "파일 경로", "1 이상의 정수"
_DATES = '"2026-12-31, 2027-01-02" 꼴의 날짜들'
_PORT = "1에서 65535 사이의 정수"


def _read_by(read: Callable[[str], Any]) -> AfterValidator:
    """Refuses a text that `read` cannot read; what is kept is the text."""

    def check(text: str) -> str:
        read(text)
        return text

    return AfterValidator(check)


_Hours = Annotated[str, _read_by(read_week)]
_Dates = Annotated[str, _read_by(read_dates)]
_Weekly = Annotated[str, _read_by(read_weekly)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


# What may stand there is the description of each field: it is shown in errors.
class OfficeSettings(_Section):
    """Who runs the bot, and whom to ask where it does not know."""

    name: str = Field(default="용산구청", description=_TEXT)
    name_en: str = Field(default="the Yongsan-gu Office", description="영어 글")
    contact: str = Field(default="전화 120(다산콜)", description=_TEXT)
    contact_en: str = Field(default="the Dasan call centre, 120", description="영어 글")
    official: bool = Field(default=False, description="true, false")


class ContentSettings(_Section):
    """What is answered from, and how a change of it reaches residents.

    fresh_days      days for which a source speaks of today; watch  whether a running bot takes in saved changes
    publish         whether a saved change is answered from at once, or when staff approve it; None: see `publishes_on_approval`
    suites, floors  questions that a change is held against, and what they must reach; None: the packaged ones (`find_suites` in evaluation/gate.py)
    """

    fresh_days: int = Field(default=14, ge=0, description="0 이상의 정수(일)")
    watch: bool = Field(default=True, description="true, false")
    publish: Literal["on_save", "on_approval"] | None = Field(default=None, description="on_save, on_approval")
    suites: Path | None = Field(default=None, description="폴더 경로")
    floors: Path | None = Field(default=None, description=_PATH)


class ConversationSettings(_Section):
    """idle_minutes  minutes after which a conversation is forgotten"""

    idle_minutes: int = Field(default=30, ge=1, description="1 이상의 정수(분)")


class KoreanSettings(_Section):
    """tagger  which of KoNLPy's"""

    tagger: Literal["mecab", "komoran", "okt", "hannanum", "kkma"] = Field(default="mecab", description="mecab, komoran, okt, hannanum, kkma")


class MatchingSettings(_Section):
    """answer_from, offer_from, partial_from: probabilities; close: a gap between scores, 0.0 to 1.0; semantic: whether meaning counts too."""

    answer_from: float = Field(default=0.5, ge=0, le=1, description=_SHARE)
    offer_from: float = Field(default=0.25, ge=0, le=1, description=f"{_SHARE}, answer_from 이하")
    partial_from: float = Field(default=0.85, ge=0, le=1, description=_SHARE)
    close: float = Field(default=0.015, ge=0, le=1, description=_SHARE)
    semantic: bool = Field(default=False, description="true, false")


class WebhookSettings(_Section):
    """Where Telegram delivers to (url), and where the bot listens for it."""

    url: str | None = Field(default=None, pattern="^https?://[^/]+", description="https://로 시작하는 주소")
    secret: SecretStr | None = Field(default=None, description="영문자, 숫자, _, -로 된 1–256자")
    secret_file: Path | None = Field(default=None, description=_PATH)
    host: str = Field(default="127.0.0.1", description="IP 주소")
    port: int = Field(default=8443, ge=1, le=65535, description=_PORT)
    path: str = Field(default="/telegram", pattern=r"^/[\w./-]*$", description="/로 시작하는 경로")
    cert: Path | None = Field(default=None, description=_PATH)
    key: Path | None = Field(default=None, description=_PATH)
    connections: int = Field(default=40, ge=1, le=100, description="1에서 100 사이의 정수")


class RateSettings(_Section):
    """How fast the bot may send; 0 sets no limit. retries: how often a refused request is repeated at once, all others waiting."""

    per_second: int = Field(default=30, ge=0, description="0 이상의 정수(초당 건수, 0은 제한 없음)")
    group_per_minute: int = Field(default=20, ge=0, description="0 이상의 정수(분당 건수, 0은 제한 없음)")
    retries: int = Field(default=0, ge=0, description="0 이상의 정수")


class TelegramSettings(_Section):
    """chats_at_once  how many chats are served side by side; staff_chat_id  the group of the staff"""

    token: SecretStr | None = Field(default=None, description="@BotFather가 준 토큰")
    token_file: Path | None = Field(default=None, description=_PATH)
    api_url: str = Field(default="https://api.telegram.org", pattern="^https?://[^/]+", description="https://로 시작하는 주소")
    mode: Literal["polling", "webhook"] = Field(default="polling", description="polling, webhook")
    staff_chat_id: int | None = Field(default=None, description="-100…으로 시작하는 정수")
    chats_at_once: int = Field(default=32, ge=1, le=512, description="1에서 512 사이의 정수")
    webhook: WebhookSettings = WebhookSettings()
    rates: RateSettings = RateSettings()


class HandoffSettings(_Section):
    """When staff are there, and how questions are passed on to them.

    hours, closed, open, digest  texts as bot/times.py reads them; holidays  whether the office is closed on South Korea's public holidays;
    remind_hours  office hours that an inquiry may wait; block_days  how long a resident is kept from asking staff; open_at_once  of one resident
    """

    hours: _Hours = Field(default="월-금 09:00-18:00", description='"월-금 09:00-12:00 13:00-18:00, 토 09:00-13:00" 꼴의 글')
    holidays: bool = Field(default=True, description="true, false")
    closed: _Dates = Field(default="", description=_DATES)
    open: _Dates = Field(default="", description=_DATES)
    remind_hours: int = Field(default=4, ge=1, description=f"{_COUNT}(업무 시간)")
    block_days: int = Field(default=7, ge=1, description=f"{_COUNT}(일)")
    open_at_once: int = Field(default=3, ge=1, description=_COUNT)
    digest: _Weekly = Field(default="월 09:00", description='"월 09:00" 꼴의 글, 없음')

    @field_validator("open")
    @classmethod
    def _not_closed_too(cls, text: str, info: ValidationInfo) -> str:
        both = read_dates(text) & read_dates(info.data.get("closed", ""))
        if both:
            raise ValueError(f"'{min(both)}': handoff.closed에도 있는 날짜입니다.")
        return text


class StoreSettings(_Section):
    """url  an SQLAlchemy address; key  what ids are hashed with; text_days, record_days  how long texts and records are kept"""

    url: SecretStr = Field(default=SecretStr("sqlite:///yongsan-bot.sqlite"), description="SQLAlchemy 주소(sqlite:///파일, postgresql://…)")
    key: SecretStr | None = Field(default=None, min_length=16, description="16자 이상의 비밀 글")
    key_file: Path | None = Field(default=None, description=_PATH)
    deletions_file: Path | None = Field(default=None, description=_PATH)
    text_days: int = Field(default=30, ge=1, description=f"{_COUNT}(일)")
    record_days: int = Field(default=365, ge=1, description=f"{_COUNT}(일)")


class LimitSettings(_Section):
    """messages_per_minute  of one chat; message_length  in characters"""

    messages_per_minute: int = Field(default=20, ge=1, description=f"{_COUNT}(분당 건수)")
    message_length: int = Field(default=1000, ge=50, le=1000, description="50에서 1000 사이의 정수(글자)")


class OperationSettings(_Section):
    """host, port  of /healthz, /readyz and /metrics (port 0: none); stop_seconds  for what is in hand at the end"""

    host: str = Field(default="127.0.0.1", description="IP 주소")
    port: int = Field(default=8081, ge=0, le=65535, description="0에서 65535 사이의 정수(0은 끔)")
    stop_seconds: int = Field(default=20, ge=1, description=f"{_COUNT}(초)")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(default="INFO", description="DEBUG, INFO, WARNING, ERROR")


class Settings(_Section):
    """Every setting. Made by `read_settings`; knowledge and intents are None for the packaged ones."""

    knowledge: Path | None = Field(default=None, description="폴더 경로")
    intents: Path | None = Field(default=None, description="폴더 경로")
    office: OfficeSettings = OfficeSettings()
    content: ContentSettings = ContentSettings()
    conversation: ConversationSettings = ConversationSettings()
    korean: KoreanSettings = KoreanSettings()
    matching: MatchingSettings = MatchingSettings()
    telegram: TelegramSettings = TelegramSettings()
    handoff: HandoffSettings = HandoffSettings()
    store: StoreSettings = StoreSettings()
    limits: LimitSettings = LimitSettings()
    operation: OperationSettings = OperationSettings()


def publishes_on_approval(settings: Settings) -> bool:
    """Whether a saved change waits for staff's word. Where nothing is set it does as soon as there is a group to ask."""
    if settings.content.publish is None:
        return settings.telegram.staff_chat_id is not None
    return settings.content.publish == "on_approval"


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """A config file as it was read: every scalar is text.

    line  the line of a place in it (("office", "name") → 9)
    """

    path: Path
    data: dict[str, Any]
    line: Callable[[tuple[str | int, ...]], int]


def read_settings(flags: Mapping[str, Any], file: ConfigFile | None = None) -> Settings:
    """The settings. Paths of the file are relative to it, those of flags and environment to the working folder.

    Raises ConfigError.
    """
    _refuse_unknown_variables()
    given = {name: value for name, value in flags.items() if value not in _UNSET}
    values = _over(given, _over(_from_environment(), _written(file) if file else {}))
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        reason = str(first["ctx"]["error"]) if first["type"] == "value_error" else ""  # words of bot/times.py
        raise _value_error(tuple(first["loc"]), first["type"], file, reason) from None
    if settings.matching.offer_from > settings.matching.answer_from:
        raise _value_error(("matching", "offer_from"), "order", file)
    return settings


def leaves(model: type[BaseModel] = Settings, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], FieldInfo]]:
    """(path, field) of every setting that has a value: (("office", "name"), …)."""
    for name, info in model.model_fields.items():
        if isinstance(info.annotation, type) and issubclass(info.annotation, BaseModel):
            yield from leaves(info.annotation, (*path, name))
        else:
            yield (*path, name), info


def _from_environment() -> dict[str, Any]:
    """What the environment sets: YONGSAN_BOT_OFFICE__NAME is office.name; an empty one is unset."""
    values: dict[str, Any] = {}
    names = {name.upper(): value for name, value in os.environ.items() if value}
    for path, _ in leaves():
        if _variable(path) in names:
            section = values
            for part in path[:-1]:
                section = section.setdefault(part, {})
            section[path[-1]] = names[_variable(path)]
    return values


def _over(upper: dict[str, Any], lower: dict[str, Any]) -> dict[str, Any]:
    """Both, the upper one where both say something."""
    merged = dict(lower)
    for name, value in upper.items():
        below = merged.get(name)
        merged[name] = _over(value, below) if isinstance(value, dict) and isinstance(below, dict) else value
    return merged


def _variable(path: tuple[str | int, ...]) -> str:
    return PREFIX + "__".join(map(str, path)).upper()


def _refuse_unknown_variables() -> None:
    known = [_variable(path) for path, _ in leaves()]
    for name, value in os.environ.items():
        if name.upper().startswith(PREFIX) and value and name.upper() not in known:
            near = difflib.get_close_matches(name.upper(), known, 1)
            remedy = f"'{near[0]}'을(를) 쓰려던 건가요?" if near else f"쓸 수 있는 이름: {', '.join(known)}"
            raise ConfigError(f"환경 변수 {name}", "모르는 설정입니다.", remedy)


def _written(file: ConfigFile) -> dict[str, Any]:
    """What the file sets, with its paths made relative to it; an empty value or null is unset."""
    if not isinstance(file.data, dict):
        raise ConfigError(str(file.path), "'이름: 값' 꼴이 아닙니다.", "config.example.yaml을 견주어 보세요.")

    def kept(data: dict[str, Any]) -> dict[str, Any]:
        values = {name: kept(value) if isinstance(value, dict) else value for name, value in data.items()}
        return {name: value for name, value in values.items() if not isinstance(value, (str, type(None))) or value not in _UNSET}

    unknown = next((path for path in _paths(file.data) if not _is_known(path)), None)
    if unknown:
        raise _value_error(unknown, "extra_forbidden", file)
    data = kept(file.data)
    _resolve_paths(data, file.path.resolve().parent)
    return data


def _resolve_paths(data: dict[str, Any], folder: Path) -> None:
    """Makes every relative path absolute, the one in an SQLite address too."""
    for path, info in leaves():
        section: Any = data
        for part in path[:-1]:
            section = section.get(part) if isinstance(section, dict) else None
        value = section.get(path[-1]) if isinstance(section, dict) else None
        if not isinstance(value, str):
            continue
        if info.annotation == Path | None:
            section[path[-1]] = folder / Path(value).expanduser()
        elif path == ("store", "url") and value.startswith(_SQLITE) and not value.startswith((_SQLITE + "/", _SQLITE + ":")):
            section[path[-1]] = _SQLITE + (folder / value.removeprefix(_SQLITE)).as_posix()


def _paths(data: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, value in data.items():
        yield (*path, name)
        if isinstance(value, dict):
            yield from _paths(value, (*path, name))


def _is_known(path: tuple[str, ...]) -> bool:
    """Whether a setting or a section stands there; what is inside a value that should be plain is left to the types."""
    return any(leaf[: len(path)] == path or path[: len(leaf)] == leaf for leaf, _ in leaves())


def _value_error(path: tuple[str | int, ...], kind: str, file: ConfigFile | None, reason: str = "") -> ConfigError:
    """The error for one setting: where it stands, what is wrong, what may stand there."""
    key, place = ".".join(map(str, path)), "명령줄"
    names = {name.upper(): name for name, value in os.environ.items() if value}
    if _variable(path) in names:
        place = f"환경 변수 {names[_variable(path)]}"
    elif file is not None:
        place = f"{file.path} {file.line(path)}번째 줄"
    if kind == "extra_forbidden":
        keys = [".".join(leaf) for leaf, _ in leaves()]
        near = difflib.get_close_matches(key, [*keys, *(key.split(".")[0] for key in keys)], 1)
        remedy = f"'{near[0]}'을(를) 쓰려던 건가요?" if near else f"쓸 수 있는 항목: {', '.join(keys)}"
        return ConfigError(place, f"'{key}'은(는) 모르는 항목입니다.", remedy)
    if kind == "order":
        return ConfigError(place, "'matching.offer_from'이 'matching.answer_from'보다 큽니다.", "offer_from을 answer_from 이하로 낮춰 주세요.")
    allowed = next((info.description for leaf, info in leaves() if leaf == path[: len(leaf)]), None)
    if allowed is None:
        inside = ", ".join(leaf[-1] for leaf, _ in leaves() if leaf[: len(path)] == path)
        return ConfigError(place, f"'{key}' 아래에는 '이름: 값'이 와야 합니다.", f"쓸 수 있는 항목: {inside}")
    return ConfigError(place, f"'{key}'에 쓸 수 없는 값입니다.{reason and ' '}{reason}", f"쓸 수 있는 값: {allowed}")
