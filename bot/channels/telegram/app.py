"""The running bot: python-telegram-bot's Application around the store, from the first greeting of Telegram's server to the orderly end.

Promises: what was taken in is answered, now or after the next start; a stop finishes what is in hand, within the limit that is set. A token
that is refused ends the program; a server that cannot be reached, or another program that polls with the same token, does not.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import structlog
from telegram import BotCommand, Update
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, TelegramError
from telegram.ext import AIORateLimiter, Application, ApplicationBuilder, ExtBot, TypeHandler, Updater

from bot.channels.telegram.conversation import WISHES
from bot.channels.telegram.delivery import Delivery, SendingRequest, is_unauthorized
from bot.channels.telegram.dispatch import Dispatcher, Visit
from bot.channels.telegram.housekeeping import Housekeeping, Standing
from bot.channels.telegram.incoming import ALLOWED, Self
from bot.channels.telegram.judging import Judging
from bot.channels.telegram.keeping import Keeping
from bot.channels.telegram.logs import quiet_loop
from bot.channels.telegram.mailroom import Mailroom
from bot.channels.telegram.metrics import Metrics
from bot.channels.telegram.polling import PollingRequest, read
from bot.channels.telegram.publishing import Publishing
from bot.channels.telegram.staff.group import StaffGroup
from bot.channels.telegram.webhook import Webhook
from bot.config import Settings
from bot.content.model import Command
from bot.errors import ChannelError
from bot.evaluation.gate import open_gate
from bot.store import notes
from bot.store.database import Database
from bot.store.keys import Keys
from bot.store.locks import ChatLocks
from bot.store.running import RunLock

THREADS = 8  # that use PostgreSQL side by side; SQLite writes one after another
POLL_SECONDS = 20
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0  # seconds between tries to reach Telegram at the start

log = structlog.get_logger()


class TelegramBot:
    """Serves one bot until it is told to stop."""

    def __init__(
        self, settings: Settings, token: str, webhook_secret: str, database: Database, run_lock: RunLock, keys: Keys, publishing: Publishing
    ) -> None:
        self.settings, self.token, self.webhook_secret = settings, token, webhook_secret
        self.database, self.run_lock, self.keys = database, run_lock, keys
        self.publishing, self.serving = publishing, publishing.serving
        self.metrics = Metrics()
        self.fault: ChannelError | None = None
        self._stop = asyncio.Event()
        self._introduced: tuple[Command, ...] = ()  # the commands that Telegram was told of
        self._stop_by = 0.0  # of the event loop's clock
        self._contact = "starting"  # how things stand with Telegram's server
        self._dispatcher: Dispatcher | None = None

    async def run(self) -> None:
        """Serves until SIGTERM or SIGINT. Raises ChannelError where the bot cannot go on."""
        loop = asyncio.get_running_loop()
        quiet_loop(loop)
        for number in (signal.SIGTERM, signal.SIGINT):
            with contextlib.suppress(NotImplementedError):  # Windows: Ctrl-C ends asyncio.run
                loop.add_signal_handler(number, self._stop.set)
        executor = ThreadPoolExecutor(1 if self.database.is_sqlite else THREADS, "store")
        locks = ChatLocks(self.database)
        application = self._application()
        try:
            keeping = Keeping(self.publishing, self.metrics, executor, self.settings.content.watch, self.settings.telegram.staff_chat_id is not None)
            house = Housekeeping(self.settings, self.database, self.run_lock, keeping, self.metrics, executor, self._standing)
            async with house.open(), self._connected(application) as me:
                if me is None:
                    return  # stopped before Telegram could be reached
                staff = StaffGroup(self.settings.telegram.staff_chat_id, self._recall("staff_moved"))
                mailroom = Mailroom(self.database, self.keys, self.serving, self.settings, me, self.metrics, staff=staff, publishing=self.publishing)
                self._dispatcher = Dispatcher(
                    mailroom, Delivery(application.bot), locks, executor, self.metrics, self._barred, self.settings.telegram.chats_at_once
                )
                house.is_serving = True
                await self._serve(application, self._dispatcher, keeping)
        finally:
            locks.close()
            executor.shutdown(wait=False, cancel_futures=True)
        if self.fault is not None:
            raise self.fault

    def _recall(self, name: str) -> str:
        with self.database.begin() as connection:
            return notes.recall(connection, name)

    # -- building ------------------------------------------------------------------------------------------------

    def _application(self) -> Application[Any, Any, Any, Any, Any, Any]:
        settings = self.settings.telegram
        rates = settings.rates
        address = settings.api_url.rstrip("/")
        return (
            ApplicationBuilder()
            .token(self.token)
            .base_url(f"{address}/bot")
            .base_file_url(f"{address}/file/bot")
            .concurrent_updates(settings.chats_at_once)
            .request(SendingRequest(settings.chats_at_once + 8, read_timeout=20, write_timeout=20, connect_timeout=10, pool_timeout=30))
            .get_updates_request(PollingRequest(self._on_batch, self._barred, connection_pool_size=2, connect_timeout=10, pool_timeout=30))
            .rate_limiter(AIORateLimiter(rates.per_second, 1, rates.group_per_minute, 60, rates.retries))  # a rate of 0 is no limit
            .build()
        )

    @contextlib.asynccontextmanager
    async def _connected(self, application: Application[Any, Any, Any, Any, Any, Any]) -> AsyncIterator[Self | None]:
        """Makes the bot's acquaintance with Telegram's server, however long that takes. Raises ChannelError where it is refused."""
        if not await self._reached(application.initialize):
            yield None
            return
        self._contact = "ok"
        try:
            yield Self(application.bot.id, application.bot.username)
        finally:
            await application.shutdown()

    async def _reached(self, call: Callable[[], Coroutine[Any, Any, None]]) -> bool:
        """Does it, again and again until it goes well; False where the bot is stopped before. Raises ChannelError where the token is refused."""
        pause = FIRST_PAUSE
        while not await self._unless_stopped(call()):
            if self._stop.is_set():
                return False
            self._contact = "unreachable"
            log.warning("telegram unreachable", retry_seconds=pause)
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._stop.wait(), pause)
            pause = min(LONGEST_PAUSE, pause * 2)
        return True

    async def _unless_stopped(self, call: Coroutine[Any, Any, None]) -> bool:
        """Whether the call came to its end before the bot was stopped, and well. Raises ChannelError where the token is refused."""
        doing, stopped = asyncio.create_task(call), asyncio.create_task(self._stop.wait())
        await asyncio.wait((doing, stopped), return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if not doing.done():
            doing.cancel()
            await asyncio.wait((doing,), timeout=1)
            return False
        try:
            doing.result()
        except InvalidToken:
            raise _refused_token() from None
        except Exception:  # no answer, or one that the library cannot make sense of
            log.info("no sensible answer", exc_info=True)
            return False
        return True

    # -- serving -------------------------------------------------------------------------------------------------

    async def _serve(self, application: Application[Any, Any, Any, Any, Any, Any], dispatcher: Dispatcher, keeping: Keeping) -> None:
        async def visit(item: Visit, context: Any) -> None:
            await dispatcher.work(item.chat)

        application.update_queue = dispatcher.queue
        if application.updater is not None:
            application.updater.update_queue = dispatcher.queue
        application.add_handler(TypeHandler(Visit, visit))
        application.add_error_handler(self._on_error)
        await application.start()
        background = [
            asyncio.create_task(dispatcher.sweep()),
            asyncio.create_task(dispatcher.rounds()),
            asyncio.create_task(self._introduce(application.bot)),
        ]
        keeping.on_loaded = lambda: background.append(asyncio.create_task(self._introduce(application.bot)))
        judging = self._judging(dispatcher, keeping)
        try:
            async with self._receiving(application, dispatcher):
                log.info("serving", mode=self.settings.telegram.mode, content=self.serving.version)
                await self._stop.wait()
                self._stop_by = asyncio.get_running_loop().time() + self.settings.operation.stop_seconds
                log.info("stopping")
        finally:
            dispatcher.stopping = True
            keeping.on_ledger = None
            if judging is not None:
                judging.stop()
            for task in background:
                task.cancel()
            try:
                await asyncio.wait_for(application.stop(), self._left())
            except asyncio.TimeoutError:
                log.warning("stopped before all was done", seconds=self.settings.operation.stop_seconds)
            log.info("stopped")

    def _judging(self, dispatcher: Dispatcher, keeping: Keeping) -> Judging | None:
        """What has staff decide on saved changes; None where there is no group to ask."""
        mailroom = dispatcher.mailroom
        if mailroom.staff.chat_id is None:
            return None
        judging = Judging(self.publishing, open_gate(self.settings), mailroom.approval, dispatcher.act, self.metrics)
        mailroom.approval.on_decided = mailroom.versions.on_decided = keeping.wake
        keeping.on_ledger = judging.round
        return judging

    def _receiving(
        self, application: Application[Any, Any, Any, Any, Any, Any], dispatcher: Dispatcher
    ) -> contextlib.AbstractAsyncContextManager[None]:
        return self._webhook(application, dispatcher) if self.settings.telegram.mode == "webhook" else self._polling(application)

    @contextlib.asynccontextmanager
    async def _polling(self, application: Application[Any, Any, Any, Any, Any, Any]) -> AsyncIterator[None]:
        updater = application.updater
        assert updater is not None
        if not await self._reached(lambda: self._start_polling(updater)):
            yield
            return
        try:
            yield
        finally:
            with contextlib.suppress(asyncio.TimeoutError, TelegramError, RuntimeError):
                await asyncio.wait_for(updater.stop(), self._left() / 2)  # what is in hand needs the rest

    async def _start_polling(self, updater: Updater) -> None:
        await updater.start_polling(timeout=POLL_SECONDS, bootstrap_retries=-1, allowed_updates=ALLOWED, error_callback=self._on_poll_error)

    @contextlib.asynccontextmanager
    async def _webhook(self, application: Application[Any, Any, Any, Any, Any, Any], dispatcher: Dispatcher) -> AsyncIterator[None]:
        settings = self.settings.telegram.webhook

        async def take(value: dict[str, Any]) -> None:
            update = read(value)
            if update is None:
                raise ValueError("no update")
            self._contact = "ok"
            await dispatcher.queue.put(update)

        webhook = Webhook(settings.host, settings.port, settings.path, self.webhook_secret, take, settings.cert, settings.key)
        await webhook.start()
        try:
            if settings.url and not await self._until_done(lambda: self._set_webhook(application.bot)) and not self._stop.is_set():
                remedy = "https로 시작하고 밖에서 닿는 주소인지, 포트가 443, 80, 88, 8443 가운데 하나인지 확인해 주세요."
                raise ChannelError("telegram.webhook.url", "텔레그램이 이 주소를 받아들이지 않습니다.", remedy)
            yield
        finally:
            await webhook.stop()

    async def _set_webhook(self, bot: ExtBot[Any]) -> None:
        settings = self.settings.telegram.webhook
        certificate = settings.cert.read_bytes() if settings.cert is not None else None
        await bot.set_webhook(
            str(settings.url),
            certificate=certificate,
            max_connections=settings.connections,
            allowed_updates=ALLOWED,
            secret_token=self.webhook_secret,
        )

    async def _introduce(self, bot: ExtBot[Any]) -> None:
        """Tells Telegram the commands, in both languages; nothing where it knows them."""
        commands = self.serving.engine.content.commands
        if self.settings.telegram.staff_chat_id is None:
            commands = tuple(one for one in commands if one.id not in WISHES)
        if commands == self._introduced:
            return
        self._introduced = commands

        async def tell() -> None:
            for language in ("en", "ko"):
                shown = [BotCommand(command.id, command.description.get(language)) for command in commands]
                await bot.set_my_commands(shown, language_code=language)
            await bot.set_my_commands([BotCommand(command.id, command.description.get("ko")) for command in commands])

        await self._until_done(tell)

    async def _until_done(self, call: Callable[[], Awaitable[None]]) -> bool:
        """Does it, again and again while Telegram does not answer; False where Telegram refuses, or the bot is stopped before."""
        pause = FIRST_PAUSE
        while not self._stop.is_set():
            try:
                await call()
                return True
            except (BadRequest, Forbidden) as error:
                log.error("telegram refused", reason=type(error).__name__)
                return False
            except TelegramError as error:
                if is_unauthorized(error):
                    self._barred()
                    return False
                log.warning("telegram not reached", reason=type(error).__name__, retry_seconds=pause)
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._stop.wait(), pause)
            pause = min(LONGEST_PAUSE, pause * 2)
        return False

    def _left(self) -> float:
        """Seconds until the bot must have stopped."""
        return max(0.1, self._stop_by - asyncio.get_running_loop().time())

    # -- what happens --------------------------------------------------------------------------------------------

    def _barred(self) -> None:
        """The token is no longer accepted."""
        self.fault = self.fault or _refused_token()
        self._contact = "unauthorized"
        self._stop.set()

    def _on_batch(self, updates: list[Update]) -> None:
        """Telegram answered the poll; while the store is lost, those who wrote are told so."""
        self._contact = "ok"
        if self._dispatcher is not None and self._dispatcher.store_fault:
            self._dispatcher.console(updates)

    def _on_poll_error(self, error: TelegramError) -> None:
        reason = "conflict" if isinstance(error, Conflict) else "unreachable"
        if self._contact != reason:
            remedy = "같은 토큰을 쓰는 다른 프로그램을 멈춰 주세요." if reason == "conflict" else "네트워크와 telegram.api_url을 확인해 주세요."
            log.error("cannot poll", reason=reason, remedy=remedy)
        self._contact = reason

    async def _on_error(self, update: object, context: Any) -> None:
        log.error("worker failed", exc_info=context.error)
        self.metrics.error("handler")

    def _standing(self) -> Standing:
        if self._dispatcher is None:
            return Standing(self._contact)
        return Standing(self._contact, self._dispatcher.store_fault, self._dispatcher.mailroom.staff.standing)


def _refused_token() -> ChannelError:
    return ChannelError(
        "telegram.token",
        "텔레그램이 이 토큰을 받아들이지 않습니다.",
        "@BotFather에게서 받은 토큰을 다시 확인해 주세요. 새로 받았다면 그것으로 바꿔 주세요.",
    )
