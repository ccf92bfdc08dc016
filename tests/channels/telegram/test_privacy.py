"""Personal numbers, names and ids are hunted for after a busy day: in the database, in its files, in the log and in the figures."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botapi import BotApi, Fault
from channels.telegram.office import CLERKS, STAFF, Office, set_up
from running import KEY, Running
from sqlalchemy import create_engine, make_url, select
from store.planted import Planted, planted

from bot.config import Settings
from bot.store.backup import back_up
from bot.store.database import Database
from bot.store.schema import metadata

TOKEN = "987654321:AAE-the_secret-half-of-this-token-0xyz"
FIRST_RESIDENT = 7_310_000_000
FIRST_GROUP = -1_007_320_000_000
SPECIMENS = planted(seed=20_260_301, count=200)
OTHER_NAMES = ("홍길동전", "gildong_hong_98")
FIRST_ASKING = 210  # the residents from that one on pass something on to staff
ANSWER = "담당 부서는 02-000-1234예요"  # a number that staff tell is no secret


def resident(number: int) -> int:
    return FIRST_RESIDENT + number * 37


def group(number: int) -> int:
    return FIRST_GROUP - number * 41


# Exactly these: something like one may stand anywhere by chance, where a hash meets a year.
ALL_IDS = {str(id_) for number in range(len(SPECIMENS) + 40) for id_ in (resident(number), abs(group(number)))}


def ids(text: str) -> list[str]:
    """The ids of residents and groups that stand in a text, alone or in a name."""
    return [found for found in re.findall(r"7310\d{6}|1007320\d{6}", text) if found in ALL_IDS]


@pytest.fixture(params=["sqlite", "postgres"], scope="module")
def day(request, tmp_path_factory) -> Iterator[tuple[Running, str]]:
    """A bot after a busy day, in which every specimen was sent in one way or another; and its database."""
    folder = tmp_path_factory.mktemp("bot")
    store = f"sqlite:///{folder / 'bot.sqlite'}" if request.param == "sqlite" else _fresh_postgres(request)
    with BotApi(token=TOKEN) as api, Running(api, folder, store, operation__log_level="DEBUG", **set_up(api)) as bot:
        for fault in (Fault("500", times=5, share=0.1), Fault("lost", times=3, share=0.1)):
            fault.method = "sendMessage"
            api.misbehave(fault)
        api.misbehave(Fault("blocked", chat_id=resident(7), times=None))
        for number, specimen in enumerate(SPECIMENS):
            _WAYS[number % len(_WAYS)](api, number, specimen)
        bot.settle(40)
        _pass_on(Office(api, bot))
        api.check()
        yield bot, store


def _fresh_postgres(request) -> str:
    """`postgres_url` is for one test; this database is for several."""
    address = request.getfixturevalue("postgres")
    engine = create_engine(address.format("postgres").replace("postgresql:", "postgresql+psycopg:", 1), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE DATABASE privacy TEMPLATE template0 STRATEGY file_copy")
    engine.dispose()
    return str(address.format("privacy"))


# -- how a number gets to the bot ------------------------------------------------------------------------------------


def _write(api: BotApi, number: int, specimen: Planted) -> None:
    api.message(resident(number), specimen.text)


def _caption(api: BotApi, number: int, specimen: Planted) -> None:
    api.media(resident(number), "photo", specimen.text)


def _edit(api: BotApi, number: int, specimen: Planted) -> None:
    update = api.update(api.message(resident(number), "수영장 언제 열어요"))
    api.edited(resident(number), update["message"]["message_id"], specimen.text)


def _command(api: BotApi, number: int, specimen: Planted) -> None:
    name = ("help", "lang", "topics", "mydata", "delete", "privacy", "settings", "no_such")[number // len(_WAYS) % 8]
    api.message(resident(number), f"/{name} {specimen.text}")


def _deep_link(api: BotApi, number: int, specimen: Planted) -> None:
    api.message(resident(number), f"/start {specimen.text}")
    api.message(resident(number), f"/start {max(specimen.secrets, key=len)}")


def _in_group(api: BotApi, number: int, specimen: Planted) -> None:
    api.message(group(number), f"@{api.username} {specimen.text}", user_id=resident(number))


def _as_reply(api: BotApi, number: int, specimen: Planted) -> None:
    before = api.update(api.message(group(number), specimen.text, user_id=resident(number)))["message"]["message_id"]
    api.message(group(number), f"@{api.username} {specimen.text}", user_id=resident(number + 1), reply_to=before)


def _as_contact(api: BotApi, number: int, specimen: Planted) -> None:
    contact = {"phone_number": specimen.secrets[0], "first_name": OTHER_NAMES[0], "user_id": resident(number + 2)}
    api.media(resident(number), "contact", contact=contact)
    api.media(group(number), "contact", contact=contact, user_id=resident(number))


def _forwarded(api: BotApi, number: int, specimen: Planted) -> None:
    origin = {"type": "hidden_user", "date": 1_600_000_000, "sender_user_name": OTHER_NAMES[0]}
    api.message(resident(number), specimen.text, forward_origin=origin)


def _under_another_name(api: BotApi, number: int, specimen: Planted) -> None:
    with api.lock:
        update = api.update(api.message(resident(number), "수영장 언제 열어요"))["message"]
    named = {**update["from"], "first_name": specimen.secrets[0], "last_name": OTHER_NAMES[0], "username": OTHER_NAMES[1]}
    api.push({"message": {**update, "message_id": update["message_id"] + 500, "from": named, "text": specimen.text}})


def _malformed(api: BotApi, number: int, specimen: Planted) -> None:
    chat = {"id": resident(number), "type": "private", "first_name": OTHER_NAMES[0]}
    sender = {"id": resident(number), "is_bot": False, "first_name": OTHER_NAMES[0]}
    message = {"message_id": 1, "date": 1, "chat": chat, "from": sender, "text": specimen.text}
    api.push({"message": {**message, "entities": specimen.text}})
    api.push({"message": {**message, "text": [specimen.text]}})
    api.push({"message": {**message, "date": specimen.text}})
    api.message(resident(number), specimen.text)


_WAYS: list[Callable[[BotApi, int, Planted], None]] = [
    _write, _caption, _edit, _command, _deep_link, _in_group, _as_reply, _as_contact, _forwarded, _under_another_name, _malformed,
]  # fmt: skip


# -- how a number gets to staff --------------------------------------------------------------------------------------

OPEN, WITHDRAWN, CLOSED, FORGOTTEN, UNDECIDED = range(FIRST_ASKING, FIRST_ASKING + 5)


def _pass_on(office: Office) -> None:
    """One hand-off in each state, one draft, and votes; everything that can be written holds a specimen."""
    bot, specimens = office.bot, iter(SPECIMENS)
    for number in (OPEN, WITHDRAWN, CLOSED, FORGOTTEN, UNDECIDED):
        person = resident(number)
        bot.say(person, "/staff")
        shown = bot.say(person, next(specimens).text)[-1]
        if number != UNDECIDED:
            bot.press(shown, office.button(shown, "hs"))
    for number, named in ((1, OPEN), (3, CLOSED), (4, FORGOTTEN)):
        office.answer(office.card(number), ANSWER)
        told = office.api.sent(resident(named))[-1]
        bot.press(told, office.button(told, "hm"))
        shown = bot.say(resident(named), next(specimens).text)[-1]
        bot.press(shown, office.button(shown, "hs"))
    bot.say(resident(WITHDRAWN), "/cancel")
    office.press(office.card(3), "문의 닫기")
    bot.say(resident(FORGOTTEN), "/delete")
    for kind in ("yes", "wrong"):
        rated = bot.say(resident(OPEN), "비상벨은 몇 개 바꿨어요?")[-1]
        bot.press(rated, next(data for data in office.data(rated) if data.startswith("1|v|") and data.endswith(kind)))


def waiting() -> set[str]:
    """Ids of those to whom an answer of staff may still go."""
    return {str(resident(OPEN)), str(resident(CLOSED))}


# -- where it must not be found --------------------------------------------------------------------------------------


def found_in(text: str) -> list[str]:
    """What of all that was planted stands in a text: secrets and names; not the ids."""
    secrets = [secret for specimen in SPECIMENS for secret in specimen.secrets]
    return [secret for secret in (*secrets, *OTHER_NAMES, TOKEN, TOKEN.partition(":")[2]) if secret in text]


def rows_of(store: str) -> dict[str, list[str]]:
    """Every value of every table, as text; the packed contents left out."""
    url = make_url(store)
    engine = create_engine(url.set(drivername="postgresql+psycopg") if url.get_backend_name() == "postgresql" else url)
    with engine.connect() as connection:
        found = {
            table.name: [str(value) for row in connection.execute(select(table)) for value in row if not isinstance(value, bytes)]
            for table in metadata.sorted_tables
        }
    engine.dispose()
    return found


def files_of(bot: Running) -> dict[str, str]:
    """The database's files and the journal of deletions, byte for byte; the binary parts as replacement characters."""
    paths = [path for path in bot.folder.iterdir() if path.name.startswith(("bot.sqlite", "bot.deletions", "deletions"))]
    return {path.name: path.read_bytes().decode("utf-8", "replace") for path in paths}


def test_the_hunt_itself_finds_what_was_planted():
    assert all(found_in(specimen.text) for specimen in SPECIMENS)
    assert len(ids(f"{resident(5)} {group(6)} resident_{resident(7)} 이름{resident(8)}")) == 4


def test_every_message_was_taken_and_answered(day):
    bot, store = day
    rows = rows_of(store)

    assert len(bot.api.sent()) > 200
    assert len(rows["inbox"]) > 200
    assert any("수영장" in value for value in rows["questions"])
    assert rows["deletions"]


def test_every_table_was_filled_by_what_residents_and_staff_did(day):
    _, store = day
    rows = rows_of(store)

    assert all(rows[table] for table in ("handoffs", "messages", "drafts", "votes"))
    assert {"open", "withdrawn", "closed"} <= set(rows["handoffs"])
    assert ANSWER in rows["messages"]


def test_database_holds_no_number_no_name_and_of_ids_only_what_waits(day):
    _, store = day

    for table, values in rows_of(store).items():
        text = "\n".join(values)
        assert found_in(text) == [], table
        assert set(ids(text)) == (waiting() if table == "handoffs" else set()), table


def test_staff_see_no_number_and_nobody(day):
    bot, _ = day

    seen = "\n".join(text for sent in bot.api.sent(STAFF) for text in sent.versions)

    assert seen.count("***") > 5
    assert found_in(seen) == []
    assert ids(seen) == []


def test_a_backup_holds_nobody(day, tmp_path):
    _, store = day
    database = Database(store)
    back_up(database, tmp_path / "backup.gz", dt.datetime.now(dt.timezone.utc))
    database.dispose()

    lines = gzip.decompress((tmp_path / "backup.gz").read_bytes()).decode().splitlines()
    text = "\n".join(str(json.loads(line)) for line in lines if not line.startswith('["contents"'))

    assert ANSWER in text
    assert found_in(text) == []
    assert ids(text) == []
    assert f"이름{CLERKS[0]}" not in text


def test_files_of_the_database_hold_no_number_and_no_name(day):
    bot, _ = day

    for name, text in files_of(bot).items():
        assert found_in(text) == [], name


def test_log_at_its_most_talkative_holds_nothing_of_anybody(day):
    bot, _ = day

    assert len(bot.log) > 200
    assert found_in(bot.whole_stderr) == []
    assert ids(bot.whole_stderr) == []
    assert KEY not in bot.whole_stderr
    assert "수영장" not in bot.whole_stderr
    assert ANSWER not in bot.whole_stderr
    assert f"이름{CLERKS[0]}" not in bot.whole_stderr


def test_figures_and_readiness_hold_nothing_of_anybody(day):
    bot, _ = day

    text = bot.get("/metrics")[1] + bot.get("/readyz")[1] + bot.get("/healthz")[1]

    assert "yongsan_bot_updates_total" in text
    assert found_in(text) == []
    assert ids(text) == []


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="needs /proc")
def test_other_users_of_the_machine_do_not_see_the_token(day):
    bot, _ = day
    assert bot.process is not None

    assert TOKEN.partition(":")[2].encode() not in Path(f"/proc/{bot.process.pid}/cmdline").read_bytes()


def test_residents_get_no_number_back_from_what_is_kept(day):
    bot, _ = day
    person = resident(0)
    before = len(bot.api.sent(person))

    bot.api.message(person, "수영장 언제 열어요")
    bot.api.message(person, "/mydata")
    bot.settle()

    assert found_in("\n".join(one.text for one in bot.api.sent(person)[before:])) == []


def test_what_waits_to_be_sent_holds_no_number_either(day):
    bot, store = day
    fault = bot.api.misbehave(Fault("429", method="sendMessage", chat_id=resident(1), times=1, retry_after=2))
    for specimen in SPECIMENS[:20]:
        bot.api.message(resident(1), specimen.text)
    bot.api.wait(lambda: fault.fired)
    bot.wait(lambda: bot.ready()["waiting"]["outbox"] >= 20)

    rows = rows_of(store)

    bot.settle(20)
    assert any(str(resident(1)) in value for value in rows["outbox"])
    for values in rows.values():
        assert found_in("\n".join(values)) == []


def test_after_an_orderly_stop_the_files_hold_no_id_either(day):
    bot, store = day
    if bot.process is not None and bot.process.poll() is None:
        assert bot.stop() == 0

    files = files_of(bot)
    assert len(files["bot.sqlite"]) > 10_000 if "sqlite" in store else files
    for name, text in files.items():
        assert found_in(text) == [], name
        assert set(ids(text)) <= waiting(), name


def test_settings_show_no_secret_when_they_are_printed():
    values: dict[str, Any] = {
        "telegram": {"token": TOKEN, "webhook": {"secret": "webhook-secret"}},
        "store": {"url": "postgresql://bot:store-pass@db/bot", "key": KEY},
    }
    settings = Settings.model_validate(values)

    for shown in (repr(settings), str(settings), repr(settings.telegram), settings.model_dump_json(), repr(settings.model_dump())):
        for secret in (TOKEN.partition(":")[2], "webhook-secret", "store-pass", KEY):
            assert secret not in shown
