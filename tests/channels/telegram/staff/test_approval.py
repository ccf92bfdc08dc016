"""A saved change reaches residents when staff let it, and not before."""

from __future__ import annotations

import pytest
from channels.telegram.office import CLERKS, STAFF
from channels.telegram.running import free_port
from channels.telegram.staff.editing import ASK_BELL, ASK_LAMP, LAMP, RESIDENT, Desk

STRANGER = 9001
NAME = f"이름{CLERKS[0]} 성{CLERKS[0]}"
NEW = "안전비상벨은 20곳에서 바꿨어요."
WRONG = "보안등은 50곳에 달았어요."


@pytest.fixture
def desk(api, make_bot, tmp_path):
    """Makes a desk with a running bot: desk(floors=…)."""
    return lambda **options: Desk(api, make_bot, tmp_path, **options).start()


def test_a_saved_change_waits_is_published_by_a_press_and_taken_back_by_another(desk, api):
    here = desk()
    here.save(bell=NEW)
    card = here.card()
    shown, waiting = card.text, here.answer()

    here.press(card, "올리기")
    here.until_told("20곳")
    published = here.card(says="올렸습니다")
    here.press(published, "앞의 판으로 되돌리기")
    here.until_told("12곳")

    assert "12곳" in waiting
    assert "고친 주제 1개: 안전비상벨" in shown
    assert "knowledge/safety.yaml" in shown
    assert f"({NAME}" in published.versions[-2]
    assert here.labels(here.card(says="되돌렸습니다")) == ["파일도 되돌리기", "다시 살펴보기"]
    assert "20곳" in here.saved
    api.check()


def test_a_wrong_answer_is_named_first_and_published_only_by_a_second_press(desk, api):
    here = desk()
    here.save(bell=NEW, lamp=WRONG)
    card = here.card()
    shown = card.text

    asked = here.press(card, "올리기")[-1]
    still = here.answer(ASK_LAMP)
    here.press(asked, "그래도 올리기")
    here.until_told("50곳", ASK_LAMP)

    assert "틀린 답이 1개" in shown.splitlines()[4]
    assert "“보안등 몇 개 달았나요”" in shown
    assert "지금: 보안등은 30곳" in shown
    assert "고치면: 보안등은 50곳" in shown
    assert "보안등 몇 개 달았나요" in asked.versions[0]
    assert "30곳" in still
    assert here.labels(asked) == []
    api.check()


def test_a_broken_floor_is_never_published_by_one_press(desk):
    here = desk(floors="ours:\n  answer: {resolved: 100, wrong: 0}\n")
    here.save(lamp="보안등 이야기는 없어요.")
    card = here.card()

    asked = here.press(card, "올리기")[-1]

    assert "기준 2개에 못 미치게" in card.text
    assert "기준 2개에 못 미치게" in asked.text
    assert LAMP in here.answer(ASK_LAMP)
    here.press(asked, "그만두기")
    assert here.labels(card) == ["올리기", "되돌리기", "모두 보기"]
    assert here.published() == ["start"]


def test_nobody_outside_the_group_publishes_and_of_two_clerks_one(desk, api):
    here = desk()
    here.save(bell=NEW)
    card = here.card()

    here.press(card, "올리기", clerk=STRANGER)
    refused = here.toasts()[-1]
    api.press(here.bot.say(RESIDENT, ASK_BELL)[-1], "1|gp|1", stale=True, user_id=RESIDENT)
    here.bot.settle()
    before = here.answer(), here.published(), here.labels(card)[0]
    for clerk in CLERKS[:2]:
        api.press(card, "올리기", user_id=clerk)
    here.bot.settle()
    api.press(card, "1|gd|1", stale=True, user_id=CLERKS[2])
    here.bot.settle()

    assert "구성원만" in refused
    assert "12곳" in before[0]
    assert before[1:] == (["start"], "올리기")
    assert here.published() == ["start", "approved"]
    assert [text for text in here.toasts() if "이미 올린 고침" in text] == [f"이미 올린 고침입니다. ({NAME})"] * 2


def test_a_declined_change_leaves_the_files_until_they_are_put_back_and_may_be_looked_at_again(desk):
    here = desk()
    before = here.saved
    here.save(bell=NEW)
    here.press(here.card(), "되돌리기")
    declined, changed = here.card(says="올리지 않기로"), here.saved

    here.save(text=changed + "# 한 줄 더\n")
    here.press(declined, "파일도 되돌리기")
    here.said("그 뒤에 파일이 또 바뀌었습니다")
    kept = here.saved
    here.save(text=changed)
    here.press(declined, "파일도 되돌리기")
    here.said("나가는 판과 같게 되돌렸습니다: knowledge/safety.yaml")
    put_back = here.saved
    here.press(declined, "다시 살펴보기")
    here.press(here.card(), "올리기")
    here.until_told("20곳")

    assert kept.endswith("# 한 줄 더\n")
    assert put_back == before
    assert here.published() == ["start", "approved"]


def test_a_newer_save_takes_the_place_of_an_older_and_the_old_files_withdraw_it(desk, api):
    here = desk()
    here.save(bell=NEW)
    first = here.card()

    here.save(bell="안전비상벨은 21곳에서 바꿨어요.")
    second = here.card(2)
    here.card(1, "새 카드로 갈음")
    api.press(first, "1|gp|1", stale=True, user_id=CLERKS[0])
    here.bot.settle()
    here.save()
    here.card(2, "거두었습니다")

    assert here.labels(first) == []
    assert "새 카드를 봐 주세요" in here.toasts()[-1]
    assert here.labels(second) == ["다시 살펴보기"]
    assert here.published() == ["start"]


def test_a_faulty_file_is_told_once_and_again_when_it_is_mended(desk, api):
    here = desk()
    broken = here.saved.replace("id: lamp", "id: bell")

    here.save(text=broken)
    told = here.said("고친 파일에 잘못이 있어")
    here.save(text=broken + "\n")
    here.bot.wait(lambda: len(here.bot.logged("content", outcome="refused")) == 2)
    here.save()
    here.said("고쳐졌습니다")

    assert "knowledge/safety.yaml" in told.text
    assert "번째 줄" in told.text
    assert "고치는 법" in told.text
    assert len([sent for sent in api.sent(STAFF) if "고친 파일에 잘못이" in sent.text]) == 1
    assert here.cards(1) == []


def test_restarts_between_any_two_steps_lose_nothing(desk):
    here = desk()
    here.bot.kill()
    here.save(bell=NEW)
    here.bot.start()
    here.bot.wait(lambda: here.proposed())  # perhaps while it is judged
    here.bot.kill()
    here.backdate()
    here.bot.start()
    card = here.card()
    here.bot.kill()
    here.bot.launch()

    here.press(card, "올리기")
    here.bot.settle()
    here.bot.kill()
    here.bot.start()
    served_after_restart = here.answer()
    here.press(here.card(says="올렸습니다"), "앞의 판으로 되돌리기")
    here.bot.kill()
    here.bot.start()
    here.bot.wait(lambda: here.bot.logged("content"))

    assert "20곳" in served_after_restart
    assert "12곳" in here.answer()
    assert here.cards(2) == []
    assert here.published() == ["start", "approved", "rollback"]


def test_what_is_rolled_back_or_published_on_the_command_line_is_taken_up(desk):
    here = desk()
    first = here.bot.ready()["content"]["version"]
    here.save(bell=NEW)
    card = here.card()

    assert here.run("publish", "--yes").returncode == 0
    here.until_told("20곳")
    here.card(says="올렸습니다")
    assert here.run("content", "rollback", first, "--yes").returncode == 0
    here.until_told("12곳")

    assert here.labels(card) == []
    assert here.bot.ready()["content"] | {"since": None} == {
        "version": first, "fault": None, "since": None, "published": first, "proposed": None,
    }  # fmt: skip


def test_the_group_sees_what_serves_and_goes_back_to_any_version(desk):
    here = desk()
    first = here.bot.ready()["content"]["version"]
    here.save(bell=NEW)
    here.press(here.card(), "올리기")
    here.until_told("20곳")

    shown = here.command("/versions")
    asked = here.press(shown, f"판 {first}(으)로 되돌리기")[-1]
    here.press(asked, "되돌립니다")
    here.until_told("12곳")
    here.press(shown, f"판 {first}(으)로 되돌리기")
    status = here.command("/status")

    assert [words in shown.text.splitlines()[1] for words in ("직원이 올림", "지금 나가는 판", "답 ")] == [True] * 3
    assert "봇을 켤 때 있던 파일" in shown.text.splitlines()[2]
    assert "그사이 다른 판이 올라갔습니다" in here.toasts()[-1]
    assert f"판 {first}" in status.text
    assert "기다리는 고침: 없음" in status.text
    assert here.published() == ["start", "approved", "rollback"]


def test_without_a_group_a_saved_change_waits_for_the_command(desk):
    here = desk(telegram__staff_chat_id=None, content__publish="on_approval")

    here.save(bell=NEW)
    here.bot.wait(lambda: here.bot.logged("saved change waits"))

    assert "yongsan-bot publish" in here.bot.logged("saved change waits")[0]["remedy"]
    assert "12곳" in here.answer()


def test_with_a_group_a_change_may_still_serve_at_once(desk):
    here = desk(content__publish="on_save")

    here.save(bell=NEW)
    here.until_told("20곳")

    assert here.cards(1) == []
    here.bot.wait(lambda: here.published() == ["start", "saved"])


def test_a_resident_who_is_forgotten_is_not_quoted_any_more(desk):
    here = desk()
    here.bot.say(RESIDENT, "가로수는 몇 그루 심었어요")
    here.save(text=here.saved + "  - id: tree\n    title: 가로수\n    questions: [가로수 몇 그루 심었어요]\n    answer: 가로수는 7그루 심었어요.\n")
    card = here.card()
    before = card.text

    here.bot.say(RESIDENT, "/delete")

    assert "가로수는 몇 그루 심었어요” (주민 1번)" in before
    assert "가로수는 몇 그루 심었어요" not in card.text


def test_all_replicas_take_up_what_one_of_them_published(api, make_bot, tmp_path, postgres_url):
    ports, secret = [free_port(), free_port()], "a-secret-of-the-tests"
    webhook = {"telegram__mode": "webhook", "telegram__webhook__secret": secret, "store": postgres_url()}
    here = Desk(api, make_bot, tmp_path, telegram__webhook__port=ports[0], **webhook).start()
    other = make_bot(**{**here.settings, "telegram__webhook__port": ports[1]}).start()
    api.deliver_to([f"http://127.0.0.1:{port}/telegram" for port in ports], secret=secret)

    here.save(bell=NEW)
    card = here.card()
    here.press(card, "올리기")
    version = api.sent(STAFF)[-1].text.split("판 ")[1].split()[0]
    for bot in (here.bot, other):
        bot.wait(lambda bot=bot: bot.ready()["content"]["version"] == version)

    assert len(here.cards(1)) == 1
    assert here.cards(2) == []
    assert here.published() == ["start", "approved"]
