"""The durable queue in the place of python-telegram-bot's own, and the worker that empties it, chat by chat.

Promises: `put` returns when the update is in the store, so that Telegram is told "received" of nothing that could be lost; at most one worker
is at a chat, over all processes; a chat that waits (for a pause to end, for another process that died) is found again by a sweep.

What goes through the queue in memory is not the update but a `Visit`: the word that there is something to do for a chat.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog
from telegram import BotCommandScopeChat, Update
from telegram.error import RetryAfter, TelegramError

from bot.channels.telegram.delivery import Delivery
from bot.channels.telegram.flow import Flow
from bot.channels.telegram.incoming import chat_of
from bot.channels.telegram.mailroom import Arrived, Mailroom
from bot.channels.telegram.metrics import Metrics
from bot.channels.telegram.staff.incoming import read_staff
from bot.channels.telegram.step import Errand, Step
from bot.content.watch import run_aside
from bot.errors import StoreError, StoreLost
from bot.store.locks import ChatLocks
from bot.store.mail import Parcel

SWEEP_SECONDS = 1.0
ROUND_SECONDS, LOOK_SECONDS = 5.0, 60.0  # between looks at what is due, and at a group of the staff that can be used
TURN = 3  # messages of a chat in a row, where others wait
STORE_SECONDS = 20.0  # the longest one step of the store may take; a database may hang rather than fail
CLOSED_SECONDS = 15.0  # between tries where the group of the staff takes nothing
GROUP_PAUSE = 0.5  # seconds until a group is looked after again, where all places for groups are taken
T = TypeVar("T")

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Visit:
    """There is something to do for this chat."""

    chat: str


class Unstored(RetryAfter):
    """The store did not take an update: to be fetched again. A TelegramError, for any other would end polling."""

    def __init__(self) -> None:
        super().__init__(1)


class DurableQueue(asyncio.Queue[object]):
    """Stores updates, and hands out visits."""

    def __init__(self, work: Dispatcher) -> None:
        super().__init__()
        self.work = work

    async def put(self, item: object) -> None:
        """Stores an update, or passes on what is none. Raises Unstored."""
        if isinstance(item, Update):
            await self.work.take(item)
        else:
            await super().put(item)


class Dispatcher:
    """Takes updates in and works them off."""

    def __init__(
        self,
        mailroom: Mailroom,
        delivery: Delivery,
        locks: ChatLocks,
        executor: Executor,
        metrics: Metrics,
        barred: Callable[[], None],
        chats_at_once: int = 32,
    ) -> None:
        self.mailroom, self.delivery, self.locks, self.executor, self.metrics, self.barred = mailroom, delivery, locks, executor, metrics, barred
        self.queue = DurableQueue(self)
        self.stopping = False
        self.store_fault = ""
        self._waiting: set[str] = set()  # chats with a visit in the queue
        self._again: set[str] = set()  # chats at work, to which something came meanwhile
        self._working: set[str] = set()
        self._unrecorded: dict[int, Arrived] = {}  # sent, but the store could not be told
        self._consoled = Flow(1, 600)  # chats that know of the outage
        # Groups wait for Telegram's limit of messages a minute, and must not take every place while they do.
        self._groups = asyncio.Semaphore(max(1, chats_at_once // 2))
        self._tasks: set[asyncio.Task[Any]] = set()
        self._introduced: int | None = None  # the group of the staff whose commands Telegram was told of

    # -- taking in -----------------------------------------------------------------------------------------------

    async def take(self, update: Update) -> None:
        """Stores an update and sees to its chat. Raises Unstored where the store fails."""
        is_staff = await self._is_staff(update)
        try:
            chat = await self._run(self.mailroom.take, update, is_staff)
        except StoreError as error:
            self._note_fault(error)
            self.console([update])
            raise Unstored from None
        except Exception:
            # A message that this program cannot read must not keep all others from being fetched.
            log.exception("update not understood")
            self.metrics.error("intake")
            return
        moved = update.message.migrate_to_chat_id if update.message is not None else None
        if moved is not None and self.mailroom.staff.is_here(chat_of(update)):
            await self.mailroom.staff.move(moved)
        if chat is not None:
            self.visit(chat)

    async def _is_staff(self, update: Update) -> bool:
        """Whether whoever did this belongs to the group of the staff; asked only where it matters. Raises Unstored where it cannot be found out."""
        staff, bot = self.mailroom.staff, self.delivery.bot
        if not staff.is_here(chat_of(update)):
            return False
        if update.my_chat_member is not None:
            self._spawn(staff.look(bot))
            return False
        if update.message is not None and update.message.migrate_to_chat_id is not None:
            return False  # the group is followed once that is stored
        try:
            seen = read_staff(update, self.mailroom.bot)
            return seen is not None and await staff.allows(bot, update)
        except TelegramError as error:
            log.warning("staff not known", reason=type(error).__name__)
            raise Unstored from None
        except Exception:  # told by whoever takes it in
            return False

    def visit(self, chat: str) -> None:
        """Has the chat looked after, once however often this is said."""
        if chat in self._working:
            self._again.add(chat)
        elif chat not in self._waiting:
            self._waiting.add(chat)
            self.queue.put_nowait(Visit(chat))

    def console(self, updates: Sequence[Update]) -> None:
        """Tells those who wrote, once, that the answer will take a while; nothing is stored for it, for the store is what is lost."""
        for update in updates:
            chat = update.effective_chat
            if update.message is None or chat is None or chat.type != chat.PRIVATE or not self._consoled.has_room(str(chat.id)):
                continue
            self._consoled.count(str(chat.id))
            code = (update.effective_user.language_code or "ko") if update.effective_user else "ko"
            self._spawn(self._console(chat.id, "ko" if code.startswith("ko") else "en"))

    async def _console(self, chat_id: int, language: str) -> None:
        with contextlib.suppress(TelegramError):
            await self.delivery.bot.send_message(chat_id, self.mailroom.outage_sentence(language))

    # -- working off ---------------------------------------------------------------------------------------------

    async def work(self, chat: str) -> None:
        """Answers what waits in a chat and sends the answers, in order. The store's faults end it; the sweep comes back."""
        self._waiting.discard(chat)
        if self.stopping or chat in self._working:
            return
        self._working.add(chat)
        try:
            if not self.locks.is_shared:
                await self._work(chat)
            elif await self._run(self.locks.take, chat):
                try:
                    await self._work(chat)
                finally:
                    await self._run(self.locks.release, chat)
                # What another process stored while the chat was locked here, it could not see to itself.
                if not self.stopping and await self._run(self.mailroom.has_work, chat):
                    self._again.add(chat)
        except StoreError as error:
            self._note_fault(error)
            self._again.discard(chat)
        finally:
            self._working.discard(chat)
            if chat in self._again:
                self._again.discard(chat)
                self.visit(chat)

    async def _work(self, chat: str) -> None:
        for one in [one for one in self._unrecorded.values() if one.parcel.chat == chat]:
            await self._note(one)  # before anything is answered that may be about it
        arrived: Arrived | None = None  # sent; noted together with the next step, which spares a transaction
        try:
            for turn in itertools.count():
                if self.stopping:
                    return
                if turn >= TURN and not self.queue.empty():
                    self._again.add(chat)  # last in the queue
                    return
                last, arrived = arrived, None
                work = await self._run(self.mailroom.work, chat, last)
                self._noted(last)
                self._visit_all(work.visits)
                any_done = work.answered
                for parcel in work.parcels:
                    await self._note(arrived)
                    arrived = None
                    if not await self._send(parcel):
                        return
                    arrived = self._unrecorded.get(parcel.id)
                    any_done = True
                if not any_done:
                    return
        finally:
            await self._note(arrived)

    async def _note(self, arrived: Arrived | None) -> None:
        """Notes in the store that something has arrived."""
        if arrived is not None and arrived.parcel.id in self._unrecorded:
            visits = await self._run(self.mailroom.sent, arrived)
            self._noted(arrived)
            self._visit_all(visits)

    def _noted(self, arrived: Arrived | None) -> None:
        if arrived is not None:
            self._unrecorded.pop(arrived.parcel.id, None)

    def _visit_all(self, chats: Sequence[str]) -> None:
        for chat in chats:
            self.visit(chat)

    async def _send(self, parcel: Parcel) -> bool:
        """Sends one thing; False where the chat has to wait."""
        if parcel.id in self._unrecorded:
            return True
        is_group = isinstance(parcel.payload.get("chat_id"), int) and parcel.payload["chat_id"] < 0
        if is_group and self._groups.locked():
            asyncio.get_running_loop().call_later(GROUP_PAUSE, self.visit, parcel.chat)
            return False
        if parcel.once:
            if parcel.begun:  # and then the program ended: nobody knows how far it came
                self._visit_all(await self._run(self.mailroom.give_up, parcel, "unknown"))
                return True
            if not await self._run(self.mailroom.begin, parcel):
                return True  # taken back since it was fetched: corrected, or deleted with what is kept of its resident
        async with self._groups if is_group else contextlib.nullcontext():
            outcome = await self.delivery.deliver(parcel)
        if outcome.kind == "sent":
            self._unrecorded[parcel.id] = Arrived(parcel, outcome.message_id)  # a fault of the store from here on must not send it again
            self.metrics.sent(parcel.method)
            self.metrics.handled((self.mailroom.clock() - parcel.created_at).total_seconds())
            return True
        self.metrics.failed(outcome.reason)
        log.warning("not sent", outcome=outcome.kind, reason=outcome.reason, method=parcel.method, attempt=parcel.attempts + 1)
        if outcome.kind == "failed" or (outcome.kind == "retry" and parcel.once and not outcome.is_certain):
            self._visit_all(await self._run(self.mailroom.give_up, parcel, outcome.reason if outcome.kind == "failed" else "unknown"))
            return True
        if outcome.kind == "closed" and self._is_staffs(parcel):
            await self._run(self.mailroom.postpone, parcel, CLOSED_SECONDS)  # until the bot is let in again: residents were promised that
        elif outcome.kind == "closed":
            self._visit_all(await self._run(self.mailroom.give_up, parcel, outcome.reason, True))
        elif outcome.kind == "moved" and self.mailroom.keys.chat(outcome.new_id) == parcel.chat:
            await self._run(self.mailroom.give_up, parcel, outcome.reason)  # to where it is
        elif outcome.kind == "moved":
            if self._is_staffs(parcel):
                await self.mailroom.staff.move(outcome.new_id)
            self.visit(await self._run(self.mailroom.moved, parcel, outcome.new_id))
        elif outcome.kind == "barred":
            await self._run(self.mailroom.postpone, parcel, 1.0)  # it waits for a bot with another token
            self.barred()
        else:
            await self._run(self.mailroom.postpone, parcel, outcome.seconds)
        return False

    def _is_staffs(self, parcel: Parcel) -> bool:
        staff = self.mailroom.staff
        return staff.chat_id is not None and self.mailroom.keys.chat(staff.chat_id) == parcel.chat

    async def sweep(self) -> None:
        """Looks again and again for chats that wait; ends when the dispatcher stops."""
        while not self.stopping:
            try:
                if await self._run(self.mailroom.database.heal):
                    log.error("store file was gone", remedy="데이터베이스 파일을 지우거나 옮긴 것이 있는지 확인해 주세요. 봇이 되살려 놓았습니다.")
                if self.store_fault:
                    await self._run(self.mailroom.database.write)
                for chat in await self._run(self.mailroom.busy_chats):
                    if chat not in self._working:
                        self.visit(chat)
                self._recovered()
            except StoreError as error:
                self._note_fault(error)
            except Exception:
                log.exception("sweep failed")
                self.metrics.error("sweep")
            await asyncio.sleep(SWEEP_SECONDS)

    async def rounds(self) -> None:
        """Sees to the group of the staff, and to what is due by time; ends when the dispatcher stops."""
        staff, looked, loop = self.mailroom.staff, 0.0, asyncio.get_running_loop()
        staff.on_moved = self._remember_move

        def begin(errand: Errand) -> None:
            with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
                loop.call_soon_threadsafe(lambda: self._spawn(self._carry_out(errand)))

        self.mailroom.on_errand = begin
        while not self.stopping:
            try:
                now = asyncio.get_running_loop().time()
                if not looked or now - looked > (LOOK_SECONDS if staff.is_usable else ROUND_SECONDS):
                    looked = now
                    await staff.look(self.delivery.bot)
                    await self._introduce_staff()
                self._visit_all(await self._run(self.mailroom.tick))
            except StoreError as error:
                self._note_fault(error)
            except Exception:
                log.exception("round failed")
                self.metrics.error("staff")
            await asyncio.sleep(ROUND_SECONDS)

    async def act(self, do: Callable[[Step], T]) -> T:
        """Does something in a step of the mailroom, and has sent what it posts. Raises StoreError."""
        done: tuple[T, list[str]] = await self._run(self.mailroom.act, do)
        self._visit_all(done[1])
        return done[0]

    async def _carry_out(self, errand: Errand) -> None:
        """Does what takes too long for a step."""
        try:
            await self.act(await run_aside(self.mailroom.carry_out, errand))
        except StoreError as error:
            self._note_fault(error)
        except Exception:
            log.exception("errand failed")
            self.metrics.error("staff")

    async def _introduce_staff(self) -> None:
        """Tells Telegram the commands of the group, once."""
        staff = self.mailroom.staff
        if staff.is_usable and staff.chat_id is not None and self._introduced != staff.chat_id:
            with contextlib.suppress(TelegramError):
                await self.delivery.bot.set_my_commands(self.mailroom.room.commands, scope=BotCommandScopeChat(staff.chat_id))
                self._introduced = staff.chat_id

    async def _remember_move(self, moved: str) -> None:
        with contextlib.suppress(StoreError):  # it is found out anew after a restart
            await self._run(self.mailroom.remember, "staff_moved", moved)

    # -- what they share -----------------------------------------------------------------------------------------

    async def _run(self, call: Callable[..., T], *arguments: Any) -> T:
        """The store blocks; so it is used in threads. Raises StoreLost where it takes too long."""
        try:
            return await asyncio.wait_for(asyncio.get_running_loop().run_in_executor(self.executor, call, *arguments), STORE_SECONDS)
        except asyncio.TimeoutError:
            raise StoreLost("store.url", "데이터베이스가 대답하지 않습니다.", "데이터베이스가 바쁘거나 멈추었는지 확인해 주세요.") from None

    def _spawn(self, coroutine: Any) -> None:
        task = asyncio.get_running_loop().create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _note_fault(self, error: StoreError) -> None:
        if not self.store_fault:
            log.error("store lost", place=error.place, problem=error.problem, remedy=error.remedy)
        self.store_fault = error.problem
        self.metrics.store(False)

    def _recovered(self) -> None:
        if self.store_fault:
            log.info("store back")
            self.store_fault = ""
        self.metrics.store(True)
