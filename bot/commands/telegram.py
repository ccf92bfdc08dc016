"""`yongsan-bot telegram`: residents talk to the bot in Telegram."""

from __future__ import annotations

import asyncio
import contextlib
import re
import signal
from pathlib import Path

from pydantic import SecretStr

from bot.building import engine_over
from bot.channels.serving import Serving
from bot.channels.telegram.app import TelegramBot
from bot.channels.telegram.logs import configure
from bot.channels.telegram.publishing import Publishing
from bot.commands.opening import Flags, open_settings, start_encoder, start_tagger
from bot.config import Settings, publishes_on_approval
from bot.errors import ConfigError
from bot.store.database import Database
from bot.store.keys import open_keys
from bot.store.running import RunLock

_TOKEN = re.compile(r"\d{3,20}:[A-Za-z0-9_-]{3,100}")
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")


def telegram(flags: Flags) -> None:
    """Runs the bot until it is told to stop. Raises ConfigError, StoreError or ChannelError where it cannot."""
    with contextlib.suppress(AttributeError):  # Windows has no SIGHUP
        signal.signal(signal.SIGHUP, signal.SIG_IGN)  # until there is something to reload; it would end the program
    settings = open_settings(flags)
    token = _token(settings)
    webhook_secret = _webhook_secret(settings)
    address = settings.store.url.get_secret_value()
    secrets = [token, webhook_secret, address]
    configure(settings.operation.log_level, secrets)
    database = Database(address)
    run_lock = RunLock(database)
    try:
        with run_lock.hold(shared=True):
            database.upgrade()
            keys = open_keys(settings.store, database)
            configure(settings.operation.log_level, [*secrets, keys.secret])  # before this nothing has seen the key
            publishing = _open_publishing(settings, database)
            asyncio.run(TelegramBot(settings, token, webhook_secret, database, run_lock, keys, publishing).run())
    finally:
        database.dispose()  # also threads that wait for a server that hangs: the program would not end without them


def _open_publishing(settings: Settings, database: Database) -> Publishing:
    """The content, read: what is published, or what stands in the folder; where its files are faulty, as it was served last."""
    tagger, encoder = start_tagger(settings), start_encoder(settings)
    serving = Serving(lambda content: engine_over(content, tagger, settings, encoder), settings.knowledge, settings.intents)
    publishing = Publishing(serving, database, publishes_on_approval(settings))
    publishing.start()
    return publishing


def _token(settings: Settings) -> str:
    """The bot's token. Raises ConfigError, which never shows it."""
    telegram = settings.telegram
    token = _secret("telegram.token", telegram.token, telegram.token_file)
    if not token:
        remedy = "텔레그램에서 @BotFather에게 /newbot을 보내 토큰을 받고, 환경 변수 YONGSAN_BOT_TELEGRAM__TOKEN이나 telegram.token_file에 두세요."
        raise ConfigError("telegram.token", "봇의 토큰이 없습니다.", remedy)
    if not _TOKEN.fullmatch(token):
        raise ConfigError("telegram.token", "토큰의 꼴이 아닙니다.", "@BotFather가 준 그대로(숫자:글자), 앞뒤에 다른 글 없이 적어 주세요.")
    return token


def _webhook_secret(settings: Settings) -> str:
    """What Telegram shows with every delivery; "" when polling."""
    webhook = settings.telegram.webhook
    if settings.telegram.mode != "webhook":
        return ""
    secret = _secret("telegram.webhook.secret", webhook.secret, webhook.secret_file)
    if not secret:
        raise ConfigError("telegram.webhook.secret", "webhook에는 비밀 글이 필요합니다.", "telegram.webhook.secret이나 secret_file을 정해 주세요.")
    if not _SECRET.fullmatch(secret):
        raise ConfigError("telegram.webhook.secret", "비밀 글에 쓸 수 없는 글자가 있습니다.", "영문자, 숫자, _, -로 1–256자를 적어 주세요.")
    for name, path in (("cert", webhook.cert), ("key", webhook.key)):
        if path is not None and not path.is_file():
            raise ConfigError(f"telegram.webhook.{name}", f"파일이 없습니다: {path}", "경로를 확인해 주세요.")
    if (webhook.key is None) != (webhook.cert is None):
        raise ConfigError("telegram.webhook.cert", "cert와 key는 함께 있어야 합니다.", "둘 다 정하거나, 프록시가 TLS를 맡으면 둘 다 비워 주세요.")
    return secret


def _secret(key: str, value: SecretStr | None, file: Path | None) -> str:
    """A secret from its setting, or else from the file beside it."""
    if value is not None:
        return value.get_secret_value().strip()
    if file is None:
        return ""
    try:
        return file.read_text(encoding="utf-8-sig").strip()
    except (OSError, UnicodeError) as error:
        raise ConfigError(
            f"{key}_file", f"{file}을(를) 읽을 수 없습니다({type(error).__name__}).", "파일이 있는지, 권한이 맞는지 확인해 주세요."
        ) from None
