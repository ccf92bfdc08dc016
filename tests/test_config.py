from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.commands.opening import Flags, open_engine, open_settings
from bot.config import Settings, leaves, publishes_on_approval
from bot.content.yaml_text import parse_file
from bot.dialogue.policy import Thresholds
from bot.errors import ConfigError

EXAMPLE = Path(__file__).resolve().parents[1] / "config.example.yaml"


@pytest.fixture
def write_config(tmp_path, monkeypatch):
    """Writes config.yaml into the working folder, which is empty otherwise."""
    monkeypatch.chdir(tmp_path)

    def write(text: str) -> Path:
        path = tmp_path / "config.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def settings_error(flags: Flags | None = None) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        open_settings(flags or Flags())
    return caught.value


def test_every_setting_stands_in_the_example_and_no_other(tmp_path):
    parsed, faults = parse_file(EXAMPLE, "config.example.yaml")

    assert not faults
    assert sorted(_paths(parsed.data)) == sorted(path for path, _ in leaves())


def _paths(value, path=()):
    """Where the values of nested sections stand."""
    if not isinstance(value, dict):
        return [path]
    return [found for name, inner in value.items() for found in _paths(inner, (*path, name))]


def test_the_example_holds_the_defaults(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)

    settings = open_settings(Flags(config=str(EXAMPLE)))

    # A path in the file is one beside it.
    assert settings.store.url.get_secret_value() == f"sqlite:///{EXAMPLE.with_name('yongsan-bot.sqlite').as_posix()}"
    expected = Settings()
    assert settings.model_copy(update={"store": settings.store.model_copy(update={"url": expected.store.url})}) == expected


@pytest.mark.parametrize("path", [path for path, _ in leaves()], ids=".".join)
def test_every_setting_of_the_example_has_a_comment_of_its_own_above_it(path):
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    parsed, _ = parse_file(EXAMPLE, "config.example.yaml")
    at = parsed.line(path) - 1  # counted from 0

    assert re.match(rf"\s*{path[-1]}: ", lines[at])
    assert re.match(r"\s*# .*[가-힣].*[.)]$", lines[at - 1])


def test_flags_come_before_environment_before_file_before_defaults(write_config, monkeypatch, tmp_path):
    write_config("knowledge: from-file\nintents: from-file\noffice: {name: 파일구청, contact: 파일}\n")
    monkeypatch.setenv("YONGSAN_BOT_INTENTS", "from-env")
    monkeypatch.setenv("YONGSAN_BOT_KNOWLEDGE", "from-env")
    monkeypatch.setenv("YONGSAN_BOT_OFFICE__NAME", "환경구청")

    settings = open_settings(Flags(knowledge="from-flag"))

    assert (settings.knowledge, settings.intents) == (Path("from-flag"), Path("from-env"))
    assert (settings.office.name, settings.office.contact, settings.office.official) == ("환경구청", "파일", False)


def test_paths_of_a_file_are_relative_to_it(tmp_path, monkeypatch):
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf" / "my.yaml").write_text("knowledge: ../facts\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    settings = open_settings(Flags(config="conf/my.yaml"))

    assert settings.knowledge.resolve() == (tmp_path / "facts").resolve()


@pytest.mark.parametrize("text", ["", "# nothing\n", "office:\n", "knowledge: null\n", "office: {name: null}\n", 'knowledge: ""\n'])
def test_what_is_left_empty_in_a_file_is_unset(write_config, text):
    write_config(text)

    assert open_settings(Flags()).model_dump() == Settings().model_dump()


def test_a_relative_path_anywhere_in_a_file_is_relative_to_it(tmp_path, monkeypatch):
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf" / "my.yaml").write_text(
        "telegram: {token_file: token, webhook: {secret_file: ../secret, cert: tls/cert.pem, key: tls/key.pem}}\n"
        "store: {key_file: key, deletions_file: journal}\n",
        encoding="utf-8",
    )
    monkeypatch.chdir(tmp_path)

    settings = open_settings(Flags(config="conf/my.yaml"))

    webhook, folder = settings.telegram.webhook, tmp_path.resolve() / "conf"
    assert settings.telegram.token_file == folder / "token"
    assert webhook.secret_file.resolve() == tmp_path.resolve() / "secret"
    assert (webhook.cert, webhook.key) == (folder / "tls" / "cert.pem", folder / "tls" / "key.pem")
    assert (settings.store.key_file, settings.store.deletions_file) == (folder / "key", folder / "journal")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("sqlite:///data/bot.sqlite", "sqlite:///{folder}/data/bot.sqlite"),
        ("sqlite:////srv/bot.sqlite", "sqlite:////srv/bot.sqlite"),
        ("postgresql://bot@db/bot", "postgresql://bot@db/bot"),
    ],
    ids=["relative", "absolute", "a server"],
)
def test_the_address_of_an_sqlite_file_is_relative_to_the_config_file(tmp_path, monkeypatch, written, meant):
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf" / "my.yaml").write_text(f"store: {{url: '{written}'}}\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    settings = open_settings(Flags(config="conf/my.yaml"))

    assert settings.store.url.get_secret_value() == meant.format(folder=(tmp_path / "conf").resolve().as_posix())


def test_paths_of_the_environment_are_relative_to_the_working_folder(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("YONGSAN_BOT_TELEGRAM__TOKEN_FILE", "token")

    assert open_settings(Flags()).telegram.token_file == Path("token")


def test_nested_sections_are_set_by_the_environment_over_the_file(write_config, monkeypatch):
    write_config("telegram:\n  mode: webhook\n  webhook: {port: 1234, path: /from-file}\n  rates: {retries: 2}\n")
    monkeypatch.setenv("YONGSAN_BOT_TELEGRAM__WEBHOOK__SECRET", "from-env")
    monkeypatch.setenv("YONGSAN_BOT_TELEGRAM__WEBHOOK__PATH", "/from-env")
    monkeypatch.setenv("YONGSAN_BOT_TELEGRAM__RATES__PER_SECOND", "0")

    telegram = open_settings(Flags()).telegram

    assert telegram.webhook.secret.get_secret_value() == "from-env"
    assert (telegram.mode, telegram.webhook.port, telegram.webhook.path) == ("webhook", 1234, "/from-env")
    assert (telegram.rates.per_second, telegram.rates.group_per_minute, telegram.rates.retries) == (0, 20, 2)


def test_no_secret_shows_when_settings_are_printed(write_config, monkeypatch):
    write_config("telegram: {webhook: {secret: planted-1}}\nstore: {key: planted-planted-2, url: 'postgresql://bot:planted-3@db/bot'}\n")
    monkeypatch.setenv("YONGSAN_BOT_TELEGRAM__TOKEN", "1:planted-4")

    settings = open_settings(Flags())

    assert settings.telegram.token.get_secret_value() == "1:planted-4"
    for part in (settings, settings.telegram, settings.telegram.webhook, settings.store):
        assert "planted" not in f"{part!r} {part} {part.model_dump()} {part.model_dump_json()}"


@pytest.mark.parametrize(
    "text",
    [
        "telegram: {token: [planted]}\n",
        "telegram: {webhook: {secret: [planted]}}\n",
        "store: {key: planted}\n",
        "store: {url: [planted]}\n",
        "telegram: {token: planted, mode: planted}\n",
    ],
)
def test_no_value_shows_in_the_error_about_a_setting(write_config, text):
    write_config(text)

    error = settings_error()

    assert "planted" not in f"{error} {error!r} {error.args}"


def test_a_file_of_notepad_is_read(write_config, tmp_path):
    (tmp_path / "config.yaml").write_bytes("\ufeffoffice:\r\n  name: 메모장구청\r\n".encode())

    assert open_settings(Flags()).office.name == "메모장구청"


def test_an_empty_variable_is_unset(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("YONGSAN_BOT_OFFICE__NAME", "")
    monkeypatch.setenv("YONGSAN_BOT_WHATEVER", "")

    assert open_settings(Flags()).office.name == "용산구청"


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("YONGSAN_BOT_OFFICE__NMAE", "YONGSAN_BOT_OFFICE__NAME"),
        ("YONGSAN_BOT_KNOWLEGE", "YONGSAN_BOT_KNOWLEDGE"),
        ("YONGSAN_BOT_OFFICE", "YONGSAN_BOT_OFFICE__NAME"),
        ("yongsan_bot_korean__taggr", "YONGSAN_BOT_KOREAN__TAGGER"),
        ("YONGSAN_BOT_TELEGRAM__WEBHOOK__SECRT", "YONGSAN_BOT_TELEGRAM__WEBHOOK__SECRET"),
        ("YONGSAN_BOT_TELEGRAM__RATE__PER_SECOND", "YONGSAN_BOT_TELEGRAM__RATES__PER_SECOND"),
    ],
)
def test_an_unknown_variable_is_named_with_the_one_that_was_meant(monkeypatch, tmp_path, name, meant):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(name, "x")

    error = settings_error()

    assert name in error.place
    assert meant in error.remedy


@pytest.mark.parametrize(
    ("text", "place", "key", "remedy"),
    [
        ("office:\n  nmae: 가\n", "2번째 줄", "office.nmae", "office.name"),
        ("ofice:\n  name: 가\n", "1번째 줄", "ofice", "office"),
        ("zzzzzzz: 1\n", "1번째 줄", "zzzzzzz", "쓸 수 있는 항목: knowledge"),
        ("\ncontent:\n  fresh_days: 두 주\n", "3번째 줄", "content.fresh_days", "0 이상의 정수"),
        ("content: {fresh_days: -1}\n", "1번째 줄", "content.fresh_days", "0 이상의 정수"),
        ("conversation: {idle_minutes: 0}\n", "1번째 줄", "conversation.idle_minutes", "1 이상의 정수"),
        ("korean: {tagger: mecap}\n", "1번째 줄", "korean.tagger", "mecab, komoran, okt, hannanum, kkma"),
        ("office: {official: 아마}\n", "1번째 줄", "office.official", "true, false"),
        ("office: {name: [가]}\n", "1번째 줄", "office.name", "글"),
        ("office: 용산구청\n", "1번째 줄", "office", "name, name_en, contact, contact_en, official"),
        ("knowledge: {a: b}\n", "1번째 줄", "knowledge", "폴더 경로"),
        ("matching: {close: 2}\n", "1번째 줄", "matching.close", "0.0에서 1.0"),
        ("matching: {close: nan}\n", "1번째 줄", "matching.close", "0.0에서 1.0"),
        ("telegram: {api_url: api.telegram.org}\n", "1번째 줄", "telegram.api_url", "https://로 시작하는 주소"),
        ("telegram:\n  mode: push\n", "2번째 줄", "telegram.mode", "polling, webhook"),
        ("telegram: {staff_chat_id: 직원방}\n", "1번째 줄", "telegram.staff_chat_id", "-100…으로 시작하는 정수"),
        ("telegram: {chats_at_once: 0}\n", "1번째 줄", "telegram.chats_at_once", "1에서 512"),
        ("telegram:\n  webhook:\n    port: 99999\n", "3번째 줄", "telegram.webhook.port", "1에서 65535"),
        ("telegram:\n  webhook: {path: telegram}\n", "2번째 줄", "telegram.webhook.path", "/로 시작하는 경로"),
        ("telegram: {webhook: {url: bot.example}}\n", "1번째 줄", "telegram.webhook.url", "https://로 시작하는 주소"),
        ("telegram: {webhook: {sekret: x}}\n", "1번째 줄", "telegram.webhook.sekret", "telegram.webhook.secret"),
        ("telegram: {rates: fast}\n", "1번째 줄", "telegram.rates", "per_second, group_per_minute, retries"),
        ("telegram: {rates: {per_second: -1}}\n", "1번째 줄", "telegram.rates.per_second", "0 이상의 정수"),
        ("handoff:\n  hours: 월-금\n", "2번째 줄", "handoff.hours", "월-금 09:00-12:00 13:00-18:00"),
        ("handoff: {closed: 12월 31일}\n", "1번째 줄", "handoff.closed", "2026-12-31"),
        ("handoff:\n  closed: 2026-05-01\n  open: 2026-05-01\n", "3번째 줄", "handoff.open", "2026-12-31"),
        ("handoff: {digest: 매일 09:00}\n", "1번째 줄", "handoff.digest", "월 09:00"),
        ("handoff: {remind_hours: 0}\n", "1번째 줄", "handoff.remind_hours", "1 이상의 정수"),
        ("store: {text_days: 0}\n", "1번째 줄", "store.text_days", "1 이상의 정수"),
        ("store: {key: short}\n", "1번째 줄", "store.key", "16자"),
        ("limits: {message_length: 9999}\n", "1번째 줄", "limits.message_length", "50에서 1000"),
        ("operation: {port: -1}\n", "1번째 줄", "operation.port", "0은 끔"),
        ("operation: {log_level: LOUD}\n", "1번째 줄", "operation.log_level", "DEBUG, INFO, WARNING, ERROR"),
        ("matching: {offer_from: 0.9}\n", "1번째 줄", "matching.offer_from", "answer_from"),
    ],
)
def test_a_wrong_setting_names_the_file_the_line_the_key_and_what_may_stand_there(write_config, text, place, key, remedy):
    write_config(text)

    error = settings_error()

    assert error.place == f"config.yaml {place}"
    assert f"'{key}'" in error.problem
    assert remedy in error.remedy


def test_a_wrong_variable_is_named_even_where_the_file_sets_the_same_key(write_config, monkeypatch):
    write_config("content: {fresh_days: 3}\n")
    monkeypatch.setenv("YONGSAN_BOT_CONTENT__FRESH_DAYS", "soon")

    assert settings_error().place == "환경 변수 YONGSAN_BOT_CONTENT__FRESH_DAYS"


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        ("office:\n\tname: 가\n".encode(), "탭"),
        ("office: {name: 용산}".encode("cp949"), "CP949"),
        (b"office: *x\n", "별칭"),
        (b"- a\n", "이름: 값"),
        (b"office: {}\noffice: {}\n", "두 번"),
    ],
)
def test_a_broken_file_is_explained(write_config, tmp_path, raw, problem):
    (tmp_path / "config.yaml").write_bytes(raw)

    error = settings_error()

    assert "config.yaml" in error.place
    assert problem in error.problem


def test_a_config_that_is_not_there_is_an_error_but_the_default_one_may_be_missing(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)

    assert open_settings(Flags()).office.name == "용산구청"
    assert "my.yaml" in settings_error(Flags(config="my.yaml")).place


def test_a_folder_in_the_working_folder_is_not_picked_up(monkeypatch, tmp_path):
    (tmp_path / "knowledge").mkdir()
    monkeypatch.chdir(tmp_path)

    assert open_settings(Flags()).knowledge is None


def test_every_threshold_reaches_the_policy_by_its_own_name():
    matching = {"answer_from": 0.9, "offer_from": 0.1, "partial_from": 0.95, "close": 0.2}

    thresholds = open_engine(Settings(matching=matching)).policy.thresholds

    assert thresholds == Thresholds(answer=0.9, offer=0.1, partial=0.95, close=0.2)


def test_the_policy_and_the_settings_have_the_same_defaults():
    assert open_engine(Settings()).policy.thresholds == Thresholds()


@pytest.mark.parametrize(
    ("publish", "group", "expected"),
    [(None, None, False), (None, -1001, True), ("on_save", -1001, False), ("on_approval", None, True)],
)
def test_a_change_waits_for_staff_where_it_is_set_or_where_there_is_a_group_to_ask(publish, group, expected):
    settings = Settings.model_validate({"content": {"publish": publish}, "telegram": {"staff_chat_id": group}})

    assert publishes_on_approval(settings) is expected


def test_hours_that_cannot_be_read_are_told_with_the_bit_that_is_wrong(write_config):
    write_config("handoff:\n  hours: 월-금 09:00-25:00\n")

    assert "'25:00'" in settings_error().problem
