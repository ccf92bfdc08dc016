"""How a test waits for the bot and judges it in the end."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from threading import RLock

from .faults import Fault
from .state import State

_LOOK_SECONDS = 0.005
_SHOWN = 12


class Judging:
    """Waiting and the final verdict."""

    state: State
    lock: RLock
    _faults: list[Fault]

    def wait(self, condition: Callable[[], object], timeout: float = 10) -> None:
        """Waits until the condition holds; AssertionError, with what happened so far, when it does not in time."""
        end = time.monotonic() + timeout
        while not condition():
            if time.monotonic() > end:
                raise AssertionError(f"not within {timeout} s\n{self.summary()}")
            time.sleep(_LOOK_SECONDS)

    async def until(self, condition: Callable[[], object], timeout: float = 10) -> None:
        """`wait` for a test that runs in the bot's own event loop."""
        end = time.monotonic() + timeout
        while not condition():
            if time.monotonic() > end:
                raise AssertionError(f"not within {timeout} s\n{self.summary()}")
            await asyncio.sleep(_LOOK_SECONDS)

    def check(self) -> None:
        """AssertionError when a rule was broken, or a pressed button was not answered exactly once."""
        with self.lock:
            faults = [*self.state.violations]
            faults += [
                f"callback query {one.id} ({one.data}) of update {one.update_id} was never answered"
                for one in self.state.callbacks.values()
                if not one.answered and not one.excused
            ]
        if faults:
            raise AssertionError("\n".join(["the bot broke Telegram's rules:", *(f"  {fault}" for fault in faults)]))

    def summary(self) -> str:
        """What happened lately, for a failed test to show."""
        with self.lock:
            state = self.state
            calls = [
                f"  {call.method} {'ok' if call.ok else call.error or 'unanswered'}{'' if call.carried_out or not call.ok else ' (not carried out)'} "
                f"{_short(call.params)}"
                for call in [one for one in state.calls if one.method != "getUpdates"][-_SHOWN:]
            ]
            polls = sum(call.method == "getUpdates" for call in state.calls)
            lines = [
                f"calls: {len(state.calls)}, of them getUpdates: {polls}; the last others:",
                *calls,
                f"messages sent: {len(state.sent)}",
                f"updates pending: {len(state.updates.entries)}, withheld by allowed_updates: {len(state.updates.withheld)}",
                f"faults: {self._faults}",
                "violations:",
                *(f"  {violation}" for violation in state.violations[-_SHOWN:]),
            ]
        return "\n".join(lines)


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 200 else f"{text[:197]}..."
