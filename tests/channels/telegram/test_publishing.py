"""Which content serves: at the start, after a save, and when something is published elsewhere."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.channels.serving import Serving
from bot.channels.telegram.publishing import Publishing
from bot.content.snapshot import Snapshot, take, unpack
from bot.dialogue.wording import Office
from bot.engine import Engine
from bot.errors import ContentError
from bot.korean import open_tagger
from bot.store import contents, proposals, publications, schema
from bot.store.database import Database

NOW = dt.datetime(2026, 1, 5, 9, tzinfo=dt.timezone.utc)
TOPIC = "section: 안전\ntopics:\n  - id: bell\n    title: 비상벨\n    answer: 비상벨 {number}개가 있어요.\n"
BROKEN = "section: [안전\n"


@pytest.fixture(scope="module")
def build() -> Callable[..., Engine]:
    tagger = open_tagger()
    return lambda content: Engine(content, tagger, Office("구청", "02-000-0000", "https://example.org", ""))


@pytest.fixture
def database(tmp_path) -> Database:
    made = Database(f"sqlite:///{(tmp_path / 'bot.sqlite').as_posix()}")
    made.upgrade()
    yield made
    made.dispose()


class Shop:
    """A folder, a database, and processes that come and go beside them."""

    def __init__(self, build, database: Database, folder: Path) -> None:
        self.build, self.database, self.folder = build, database, folder
        folder.mkdir()

    def save(self, number: int | str) -> None:
        text = TOPIC.format(number=number) if isinstance(number, int) else number
        (self.folder / "safety.yaml").write_text(text, encoding="utf-8")

    def start(self, on_approval: bool = True) -> Publishing:
        made = Publishing(Serving(self.build, self.folder), self.database, on_approval, lambda: NOW)
        made.start()
        return made

    def version(self, number: int) -> str:
        """The version that a folder with this number has; it is kept, as what was published is."""
        self.save(number)
        serving = Serving(self.build, self.folder)
        serving.start()
        with self.database.begin() as connection:
            contents.keep(connection, serving.version, serving.served.snapshot.pack(), NOW)
        return serving.version

    def publish(self, version: str, how: str = "approved") -> None:
        with self.database.begin() as connection:
            publications.publish(connection, version, contents.get(connection, version), how, NOW)

    @property
    def published(self) -> list[tuple[str, str]]:
        with self.database.begin() as connection:
            rows = connection.execute(select(schema.publications.c.version, schema.publications.c.how).order_by(schema.publications.c.id))
            return [(row.version, row.how) for row in rows]


@pytest.fixture
def shop(build, database, tmp_path) -> Shop:
    made = Shop(build, database, tmp_path / "knowledge")
    made.save(1)
    return made


@pytest.mark.parametrize("on_approval", [True, False])
def test_the_first_start_publishes_the_folder_and_the_next_one_nothing(shop, on_approval):
    first = shop.start(on_approval)
    second = shop.start(on_approval)

    assert first.serving.version == second.serving.version
    assert shop.published == [(first.serving.version, "start")]


def test_a_save_waits_where_staff_decide_and_nothing_of_it_serves(shop):
    publishing = shop.start()
    before = publishing.serving.version
    publishing.read()
    shop.save(2)

    outcome = publishing.read()

    assert (outcome.kind, outcome.version) == ("waiting", before)
    assert publishing.saved.version != before
    assert not publishing.saved.at_start
    assert len(shop.published) == 1


def test_a_save_serves_at_once_where_it_may_and_is_on_record(shop):
    publishing = shop.start(on_approval=False)
    shop.save(2)

    outcome = publishing.read()
    publishing.note_saved()
    publishing.note_saved()

    assert outcome.kind == "loaded"
    assert [how for _, how in shop.published] == ["start", "saved"]
    assert shop.published[-1][0] == publishing.serving.version == outcome.version


def test_what_was_saved_while_the_bot_was_down_waits_or_serves(shop):
    first = shop.start().serving.version
    shop.save(2)

    waits, serves = shop.start(), shop.start(on_approval=False)

    assert waits.serving.version == first
    assert waits.read().kind == "waiting"
    assert waits.saved.at_start
    assert serves.serving.version != first
    assert shop.published[-1] == (serves.serving.version, "saved")


@pytest.mark.parametrize("on_approval", [True, False])
def test_what_was_rolled_back_from_stays_out_after_a_restart(shop, on_approval):
    first, second = shop.version(1), shop.version(2)
    for version, how in ((first, "start"), (second, "saved"), (first, "rollback")):
        shop.publish(version, how)

    publishing = shop.start(on_approval)
    publishing.read()

    assert publishing.serving.version == first
    assert shop.published[-1] == (first, "rollback")


def test_a_rollback_is_taken_up_and_the_unchanged_folder_does_not_undo_it(shop):
    publishing = shop.start(on_approval=False)
    first = publishing.serving.version
    shop.save(2)
    publishing.read()
    publishing.note_saved()
    shop.publish(first, "rollback")

    ledger = publishing.ledger()
    assert publishing.is_behind(ledger)
    assert publishing.follow(ledger.current) == ""
    assert publishing.read().kind == "same"

    assert publishing.serving.version == first
    assert not publishing.is_behind(publishing.ledger())


def test_what_another_process_published_serves_without_its_files_in_the_folder(shop):
    publishing = shop.start()
    second = shop.version(2)
    shop.save(1)
    shop.publish(second)

    publishing.follow(publishing.ledger().current)

    assert publishing.serving.version == second
    assert publishing.published.version == second


def test_a_publication_that_cannot_be_read_is_said_once_and_the_old_one_stays(shop, database):
    publishing = shop.start()
    before = publishing.serving.engine
    with database.begin() as connection:
        publications.publish(connection, "younger", Snapshot({"knowledge/a.yaml": BROKEN}).pack(), "approved", NOW)

    problem = publishing.follow(publishing.ledger().current)

    assert "knowledge/a.yaml" in problem
    assert publishing.unreadable == problem
    assert publishing.serving.engine is before
    assert not publishing.is_behind(publishing.ledger())


def test_where_what_is_published_cannot_be_read_at_the_start_the_folder_serves_and_is_published(shop, database):
    with database.begin() as connection:
        publications.publish(connection, "younger", Snapshot({"knowledge/a.yaml": BROKEN}).pack(), "approved", NOW)

    publishing = shop.start()

    assert "knowledge/a.yaml" in publishing.unreadable
    assert publishing.serving.served.snapshot == take(shop.folder)
    assert shop.published[-1] == (publishing.serving.version, "start")
    assert shop.start().unreadable == ""


@pytest.mark.parametrize("on_approval", [True, False])
def test_a_faulty_folder_at_the_start_leaves_what_is_published_serving(shop, on_approval):
    first = shop.start(on_approval).serving.version
    shop.save(BROKEN)

    publishing = shop.start(on_approval)
    outcome = publishing.read()

    assert publishing.serving.version == first
    assert outcome.kind == "refused"
    assert "safety.yaml" in publishing.serving.fault
    assert len(shop.published) == 1


def test_a_faulty_folder_with_nothing_published_is_an_error(shop):
    shop.save(BROKEN)

    with pytest.raises(ContentError, match="safety.yaml"):
        shop.start()


@pytest.mark.parametrize("on_approval", [True, False])
def test_a_remark_publishes_nothing_and_is_kept_with_the_version_that_serves(shop, database, on_approval):
    publishing = shop.start(on_approval)
    publishing.read()
    shop.save(TOPIC.format(number=1) + "# 확인함\n")

    assert publishing.read().kind == "same"

    with database.begin() as connection:
        kept = unpack(contents.get(connection, publishing.serving.version))
    assert kept == take(shop.folder)
    assert len(shop.published) == 1


def test_the_ledger_shows_what_waits(shop, database):
    publishing = shop.start()
    with database.begin() as connection:
        proposals.propose(connection, "v2", "v1", b"files", NOW)
        proposals.ask_put_back(connection, 1)

    ledger = publishing.ledger()

    assert [one.version for one in ledger.undecided] == ["v2"]
    assert (ledger.put_back, ledger.current.how) == (1, "start")
