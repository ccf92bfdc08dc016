"""`yongsan-bot telegram`: what it gives the log to hide. How it serves is tested in tests/channels/telegram."""

from __future__ import annotations

import pytest

from bot.channels.telegram.logs import Redactor
from bot.commands import telegram as command
from bot.commands.opening import Flags
from bot.store.database import Database

KEY = "the-key-of-the-tests"


@pytest.fixture
def hidden(monkeypatch, tmp_path):
    """Starts the command with those settings and a bot that ends at once; what hides a text in its log."""

    class Bot:
        def __init__(self, *_):
            pass

        async def run(self):
            pass

    def start(**settings):
        given = []
        for name, value in {"TELEGRAM__TOKEN": "123456:" + "t" * 35, **settings}.items():
            monkeypatch.setenv(f"YONGSAN_BOT_{name}", str(value))
        monkeypatch.setattr(command, "configure", lambda level, secrets: given.append(secrets))
        monkeypatch.setattr(command, "TelegramBot", Bot)
        monkeypatch.setattr(command, "_open_publishing", lambda *_: None)
        monkeypatch.chdir(tmp_path)
        command.telegram(Flags())
        return Redactor(given[-1])

    return start


def test_the_key_is_hidden_wherever_it_comes_from(hidden, tmp_path):
    (tmp_path / "key").write_text(KEY + "\n", encoding="utf-8")
    url = f"sqlite:///{tmp_path.as_posix()}"

    assert hidden(STORE__URL=f"{url}/a.sqlite")((tmp_path / "a.key").read_text(encoding="utf-8")) == "***\n"
    assert hidden(STORE__URL=f"{url}/b.sqlite", STORE__KEY_FILE=tmp_path / "key")(KEY) == "***"
    assert hidden(STORE__URL=f"{url}/c.sqlite", STORE__KEY="another-key-altogether")("another-key-altogether") == "***"


@pytest.mark.parametrize(
    "address", ["postgresql://bot:one/two@db/bot", "postgresql://bot@db/bot?password=one/two", "postgresql://bot:one%2Ftwo@db/b"]
)
def test_the_password_in_an_address_is_hidden_however_it_stands_there(hidden, sqlite_url, monkeypatch, address):
    monkeypatch.setattr(command, "Database", lambda given: Database(sqlite_url))

    assert hidden(STORE__URL=address, STORE__KEY=KEY)("login one/two failed") == "login *** failed"
