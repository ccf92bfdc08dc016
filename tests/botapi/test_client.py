"""The fake server as python-telegram-bot sees it."""

from __future__ import annotations

import asyncio

import pytest

from .faults import Fault

telegram = pytest.importorskip("telegram")
ext = pytest.importorskip("telegram.ext")


def bot(api):
    return telegram.Bot(api.token, base_url=f"{api.url}/bot")


def test_a_bot_finds_everything_as_it_expects(api):
    async def use():
        async with bot(api) as one:
            assert (one.id, one.username) == (api.bot_id, api.username)
            markup = telegram.InlineKeyboardMarkup.from_button(telegram.InlineKeyboardButton("예", callback_data="y"))
            sent = await one.send_message(
                501, "<b>가</b>", "HTML", reply_markup=markup, link_preview_options=telegram.LinkPreviewOptions(is_disabled=True)
            )
            assert [entity.type for entity in sent.entities] == ["bold"]
            assert (await sent.edit_text("나")).text == "나"
            await one.set_my_commands([("start", "시작")], telegram.BotCommandScopeChat(501), "ko")
            assert (await one.get_my_commands(telegram.BotCommandScopeChat(501), "ko"))[0].command == "start"
            await one.set_my_description("설명")
            assert (await one.get_my_description()).description == "설명"
            await one.send_chat_action(501, "typing")
            assert (await one.get_chat(-100501)).title == "모임100501"
            api.set_member(-100501, 7, "administrator")
            assert isinstance(await one.get_chat_member(-100501, 7), telegram.ChatMemberAdministrator)
            await one.set_webhook("https://bot.example/", secret_token="a", allowed_updates=telegram.Update.ALL_TYPES)
            assert (await one.get_webhook_info()).url == "https://bot.example/"
            await one.delete_webhook()
            assert (await one.send_document(501, b"x", caption="문서")).caption == "문서"
            api.misbehave(Fault("blocked"))
            with pytest.raises(telegram.error.Forbidden):
                await one.send_message(501, "x")

    asyncio.run(use())
    api.check()


@pytest.mark.parametrize("kind", "photo voice sticker location document video contact poll dice animation audio video_note".split())
def test_every_kind_of_media_can_be_read(api, kind):
    update = telegram.Update.de_json(api.update(api.media(-100501, kind, user_id=7, thread_id=3)), None)

    assert getattr(update.message, kind)
    assert update.message.from_user.first_name == api.person(7)["first_name"]


@pytest.mark.parametrize("status", "creator administrator member restricted left kicked".split())
def test_every_membership_can_be_read(api, status):
    update = telegram.Update.de_json(api.update(api.membership(501, status)), None)

    assert update.my_chat_member.new_chat_member.status == status


def test_everything_of_a_staff_group_can_be_read(api):
    group, staff = -1_001_000_000_010, 7001

    async def use():
        async with bot(api) as one:
            topic = await one.create_forum_topic(group, "문의 14")
            card = await one.send_message(group, "문의 14", message_thread_id=topic.message_thread_id)
            assert card.reply_to_message.forum_topic_created.name == "문의 14"
            assert (await one.get_chat(group)).permissions.can_send_messages
            assert (await one.get_chat_member(group, one.id)).can_manage_topics
            assert {type(of) for of in await one.get_chat_administrators(group)} == {telegram.ChatMemberAdministrator}
            assert (await one.copy_message(staff, group, card.message_id)).message_id
            return topic.message_thread_id

    api.group(group, forum=True, members=[staff])
    api.message(staff, "/start")
    thread = asyncio.run(use())
    read = lambda number: telegram.Update.de_json(api.update(number), None)  # noqa: E731

    plain = read(api.message(group, "가", thread_id=thread)).message
    quoting = read(api.message(group, "나", reply_to=api.sent(group)[0], quote="14", sender_chat=group)).message
    elsewhere = read(api.message(staff, "다", reply_to=api.sent(group)[0])).message
    pressed = read(api.press(api.sent(group)[0], "x", stale=True, inaccessible=True)).callback_query

    assert plain.reply_to_message.forum_topic_created.name == "문의 14"
    assert (quoting.quote.text, quoting.from_user.id, quoting.sender_chat.id) == ("14", 1087968824, group)
    assert (elsewhere.reply_to_message, elsewhere.external_reply.chat.id) == (None, group)
    assert not pressed.message.is_accessible
    assert api.violations == []


def test_an_application_that_polls_echoes(api):
    async def echo(update, context):
        if update.callback_query:
            await update.callback_query.answer()
            return
        button = telegram.InlineKeyboardButton("더", callback_data="more")
        message = update.effective_message
        await message.reply_text(f"{message.text}!", reply_markup=telegram.InlineKeyboardMarkup.from_button(button))

    async def run():
        application = ext.ApplicationBuilder().token(api.token).base_url(f"{api.url}/bot").build()
        application.add_handler(ext.TypeHandler(telegram.Update, echo))
        async with application:
            await application.updater.start_polling(timeout=5)
            await application.start()
            api.message(501, "안녕")
            edited = api.message(-100502, "/start", thread_id=4)
            api.edited(-100502, api.update(edited)["message"]["message_id"], "고침")
            await api.until(lambda: len(api.sent()) == 3)
            api.press(api.sent(501)[0], 0)
            await api.until(lambda: api.pending == 0 and any(call.method == "answerCallbackQuery" for call in api.calls))
            await application.updater.stop()
            await application.stop()

    asyncio.run(run())

    assert [sent.text for sent in api.sent(501)] == ["안녕!"]
    assert [(sent.text, sent.thread_id) for sent in api.sent(-100502)] == [("/start!", 4), ("고침!", 4)]
    api.check()
