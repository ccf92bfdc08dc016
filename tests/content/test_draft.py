"""Drafts in files of every kind: the rest stays to the byte, and the file says what it said, and the draft."""

from __future__ import annotations

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.content.draft import Skeleton, add_phrases, add_topic, approve_phrases, approve_topic, new_file, tidy
from bot.content.load import packaged, read_files
from bot.content.splice import Spliced
from bot.content.yaml_text import parse_text
from bot.errors import ContentError

SKELETON = Skeleton(
    "new-one",
    "여권: 갱신 #1",
    ("여권 갱신", "passport"),
    ("여권, 어디서 [갱신]해요",),
    ("cctv",),
    comments=("3명이 물었습니다.", "승인하기 전입니다."),
)
FILES = sorted(path for path in packaged("knowledge").glob("*.yaml") if path.stem != "documents")
LAYOUTS = {
    "block": "section: 가\ntopics:\n  - id: a\n    title: 가\n    answer: 나  # 메모\n\n  - id: b\n    title: 나\n    names:\n      - 다\n",
    "no final break": "section: 가\ntopics:\n- id: a\n  answer: 나",
    "CRLF": "section: 가\r\ntopics:\r\n  - id: a\r\n    answer: |\r\n      두 줄\r\n      # 글이다\r\n\r\n  # 끝\r\n",
    "BOM": "\ufeffsection: 가\ntopics:\n  - {id: a, answer: b}\n",
    "old Mac": "section: 가\rtopics:\r  - id: a\r    answer: 나\r",
    "kept blanks": "section: 가\ntopics:\n- id: a\n  answer: |+\n    나\n\n\ndocument: x\n",
    "folded": "section: 가\ntopics:\n- id: a\n  answer: >-\n    나\n     다\n\n   \n# 끝\n",
    "plain over lines": "section: 가\ntopics:\n - id: a\n   answer: 나\n     다 # 메모\n   # a의 메모\n# 끝\n",
    "quoted keys": "'section': 가\n\"topics\":\n  - \"id\": 'a'\n    \"answer\": \"나: \\\"다\\\"\"\n",
    "other keys below": "topics:\n- id: a\n  answer: 나\n# document의 메모\ndocument: x\nsection: 가\n",
    "tab in a comment": "section: 가\ntopics:\n  - id: a\n    answer: 나\t#\t탭\n  #\t끝\t\n",
    "wide hyphen": "section: 가\ntopics:\n  -   id: a\n      answer: 나\n",
    "hyphen alone": "section: 가\ntopics:\n  -\n    id: a\n    answer: 나\n",
    "empty value": "section: 가\ntopics:\n  - id: a\n    known:\n",
    "flow list": "section: 가\ntopics: [{id: a, answer: b}, {id: c}]\n",
    "flow over lines": "section: 가\ntopics: [\n  {id: a, answer: b}, # 메모\n  {id: c} # 또\n]\n",
    "flow with a last comma": "section: 가\ntopics: [{id: a},\n {id: c}, ]",
    "flow with a comma below a comment": "section: 가\ntopics: [{id: a} # 메모 ,\n , ]\n",
    "all flow": "{section: 가, topics: [{id: a, answer: 'x'}]}\n",
    "start and end": "%YAML 1.1\n---\nsection: 가\ntopics:\n- id: a\n...\n# 뒤\n",
    "emoji": "section: 🙂\ntopics:\n- id: a\n  answer: 🙂🙂 # 🙂\n",
    "NEL": "section: 가\x85topics:\x85- id: a\x85  answer: 나\x85",
}  # fmt: skip
EMPTY = ["section: 가\ntopics: []\n", "section: 가\ntopics: []", "section: 가\ntopics: [ # 아직\n  ]  # 없음\n", "topics: [\n]\nsection: 가\n"]
REFUSED = {
    "anchor": "section: 가\ntopics:\n  - &x\n    id: a\n    answer: 나\n",
    "alias": "section: &x 가\ntopics:\n  - id: a\n    answer: *x\n",
    "tag": "section: 가\ntopics:\n  - id: !!str a\n",
    "no list": "section: 가\ntopics:\n",
    "no topics": "section: 가\n",
    "tab": "section: 가\ntopics:\n\t- id: a\n",
    "twice": "section: 가\ntopics: []\ntopics: []\n",
    "open bracket": "section: 가\ntopics: [\n",
    "two documents": "section: 가\ntopics: []\n---\na: 1\n",
    "a block without an end": "section: 가\ntopics:\n- id: a\n  answer: |\n    나",
    "the id is taken": "section: 가\ntopics: [{id: new-one}]\n",
}  # fmt: skip


def data_of(text):
    parsed, faults = parse_text(text.removeprefix("\ufeff"), "f.yaml")
    assert not faults
    return copy.deepcopy(parsed.data)


def without(spliced: Spliced) -> str:
    text = spliced.text
    for start, end in reversed(spliced.spans):
        text = text[:start] + text[end:]
    return text


def assert_only_added(before, spliced, change):
    wanted = data_of(before)
    change(wanted)
    assert without(spliced) == before
    assert data_of(spliced.text) == wanted


@pytest.mark.parametrize("text", [*LAYOUTS.values(), *EMPTY], ids=[*LAYOUTS, *(f"empty {n}" for n in range(len(EMPTY)))])
def test_a_topic_is_added_and_the_rest_stays_to_the_byte(text):
    spliced = add_topic(text, "f.yaml", SKELETON)

    assert_only_added(text, spliced, lambda data: data["topics"].append(SKELETON.pairs()))
    assert "# 초안: 3명이 물었습니다." in spliced.text
    assert "new-one" in spliced.text.splitlines()[spliced.line - 1]


@pytest.mark.parametrize("text", LAYOUTS.values(), ids=LAYOUTS)
def test_phrases_are_added_twice_and_approved(text):
    first = add_phrases(text, "f.yaml", "a", {"names": ["새 이름", "New: name"]}, ["3명이 물었습니다."])
    second = add_phrases(first.text, "f.yaml", "a", {"names": ["또"], "questions": ["어디, 있어요"]})
    approved = approve_phrases(second.text, "f.yaml", "a")

    added = {"names": ["새 이름", "New: name"]}
    assert_only_added(text, first, lambda data: data["topics"][0].update(drafts=added))
    added = {"names": ["새 이름", "New: name", "또"], "questions": ["어디, 있어요"]}
    assert_only_added(first.text, second, lambda data: data["topics"][0].update(drafts=added))
    names = {"ko": ["새 이름", "또"], "en": ["New: name"]}
    assert data_of(approved.text)["topics"][0] == {**data_of(text)["topics"][0], "names": names, "questions": ["어디, 있어요"]}
    assert "# 초안" not in approved.text


@pytest.mark.parametrize("text", [*LAYOUTS.values(), *EMPTY], ids=[*LAYOUTS, *(f"empty {n}" for n in range(len(EMPTY)))])
def test_an_approved_topic_leaves_no_trace_of_the_draft(text):
    drafted = add_topic(text, "f.yaml", Skeleton("new-one", "새것", answer="답이에요.", comments=("3명이 물었습니다.",)))

    approved = approve_topic(drafted.text, "f.yaml", "new-one", "paper", "12, 15")

    wanted = data_of(text)
    wanted["topics"].append({"id": "new-one", "title": "새것", "answer": "답이에요.", "document": "paper", "lines": "12, 15"})
    assert data_of(approved.text) == wanted
    assert "초안" not in approved.text


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_a_file_that_cannot_be_spliced_is_refused_with_place_and_remedy(text):
    with pytest.raises(ContentError) as caught:
        add_topic(text, "knowledge/f.yaml", SKELETON)

    assert caught.value.place.startswith("knowledge/f.yaml")
    assert caught.value.remedy


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_file_of_the_newsletter_takes_a_draft_and_drafts_for_every_topic(path):
    before = path.read_text(encoding="utf-8")
    spliced = add_topic(before, path.name, SKELETON)
    assert_only_added(before, spliced, lambda data: data["topics"].append(SKELETON.pairs()))

    text = before
    for topic in data_of(before)["topics"]:
        added = add_phrases(text, path.name, topic["id"], {"names": ["새 이름"], "words": ["말"]}, ["메모"])
        assert without(added) == text
        text = added.text
    for topic in data_of(before)["topics"]:
        text = approve_phrases(text, path.name, topic["id"]).text
    for old, new in zip(data_of(before)["topics"], data_of(text)["topics"], strict=True):
        assert {key: value for key, value in new.items() if key not in ("names", "words")} == {
            key: value for key, value in old.items() if key not in ("names", "words")
        }
    assert [line for line in text.splitlines() if "#" in line] == [line for line in before.splitlines() if "#" in line]


def test_a_trailing_comment_of_a_topic_stays_with_it_and_that_of_the_next_too():
    text = "section: 가\ntopics:\n  - id: a\n    answer: 나\n    # a의 것\n  # b의 것\n  - id: b\n    answer: 다\n"

    lines = add_phrases(text, "f.yaml", "a", {"names": ["새"]}).text.splitlines()

    assert lines.index("    # a의 것") < lines.index("    drafts:") < lines.index("  # b의 것")


def test_the_draft_is_written_the_way_the_file_is():
    text = LAYOUTS["block"]

    assert add_topic(text, "f.yaml", Skeleton("c", "다", ("이름",))).text[len(text) :] == (
        "\n  - id: c\n    title: 다\n    names:\n      - 이름\n    answer: ____\n    document: ____\n    lines: ____\n    draft: true\n"
    )


def test_a_topic_with_a_blank_is_not_approved_and_the_key_is_named():
    text = new_file(SKELETON)

    for change, key in ((("", ""), "answer"), (("answer: ____", "answer: 답"), "document"), (("document: ____", "document: p"), "answer")):
        with pytest.raises(ContentError, match=key):
            approve_topic(text.replace(*change) if change[0] else text, "f.yaml", "new-one")


def test_a_draft_mark_in_an_odd_place_is_taken_away_or_nothing_is_done():
    first = "section: 가\ntopics:\n  - draft: true\n    id: a\n    answer: 나\n"

    assert approve_topic(first, "f.yaml", "a").text == "section: 가\ntopics:\n  - id: a\n    answer: 나\n"
    with pytest.raises(ContentError):
        approve_topic("section: 가\ntopics:\n  - draft: true\n    # 메모\n    id: a\n    answer: 나\n", "f.yaml", "a")


def test_a_new_file_of_a_draft_loads(tmp_path):
    (tmp_path / "drafts.yaml").write_text(new_file(SKELETON), encoding="utf-8")

    loaded = read_files(tmp_path)

    assert not loaded.faults
    assert (set(loaded.topics), set(loaded.drafts)) == (set(), {"new-one"})


@given(st.text(max_size=60))
def test_whatever_a_resident_wrote_is_text_in_the_file(said):
    said = tidy(said)
    skeleton = Skeleton("new-one", said or "x", (said,) if said else (), answer=said or "x", comments=(said,))

    for text in ("section: 가\ntopics: []\n", LAYOUTS["block"], LAYOUTS["flow over lines"]):
        assert data_of(add_topic(text, "f.yaml", skeleton).text)["topics"][-1] == skeleton.pairs()


# -- layouts that nobody thought of ---------------------------------------------------------------------------------

COMMENTS = st.sampled_from(["", "", " # 메모", "\t#\t탭", "  # 초안이 아니다: [", " #"])
SCALARS = st.sampled_from(
    ["나", "'나''다'", '"나\\n: # 다"', "나\n{m}  이어서", "|\n{m}  글\n{m}  # 글이다\n", "|+\n{m}  글\n\n\n", ">-\n{m}  글\n\n", "____", "",
     "[가, 나]", "{{ko: 가, en: b}}", "[\n{m} 가, # 둘\n{m} 나,\n{m}]", "&x 가", "!!str 가", "{{ko: 가,\n{m}  en: 'b'}}"]
)  # fmt: skip
BLANKS = st.sampled_from(["", "", "", "\n", "  \n", "# 왼쪽\n", "    # 안쪽\n", "\n  # 둘째\n\n"])


@st.composite
def topics(draw, name, margin):
    keys = draw(st.lists(st.sampled_from(["answer", "known", "'claim'", '"title"', "names", "draft"]), unique=True, max_size=4))
    lines = [f"{margin}- {draw(st.sampled_from(['id', 'id', repr('id')]))}: {name}"]
    for key in keys:
        value = draw(SCALARS).format(m=margin + "  ")
        comment = "" if value.endswith("\n") or value.startswith("|") else draw(COMMENTS)
        lines.append(f"{margin}  {key}: {value}{comment}".rstrip("\n"))
    return "\n".join(lines) + "\n"


@st.composite
def files(draw):
    margin = draw(st.sampled_from(["", " ", "  ", "    "]))
    body = "".join(draw(topics(f"t{n}", margin)) + draw(BLANKS) for n in range(draw(st.integers(1, 3))))
    head = draw(st.sampled_from(["section: 가", "# 머리\nsection: {ko: 가, en: a} # 장", "'section': \"가\""]))
    below = draw(st.sampled_from(["", "document: x\n", "# 끝", "...\n"]))
    text = f"{head}\ntopics:{draw(COMMENTS)}\n{body}{below}"
    text = draw(st.sampled_from(["", "\ufeff"])) + (text.rstrip("\n") if draw(st.booleans()) else text)
    return text.replace("\n", draw(st.sampled_from(["\n", "\r\n", "\r"])))


def added_or_refusal(text):
    try:
        return add_topic(text, "f.yaml", SKELETON)
    except ContentError as error:
        return error


@settings(max_examples=200, deadline=None)
@given(files())
def test_an_odd_layout_is_spliced_to_the_byte_or_refused(text):
    spliced = added_or_refusal(text)
    if isinstance(spliced, ContentError):
        assert parse_text(text.removeprefix("\ufeff"), "f.yaml")[1] or "마지막 줄이 끝나지 않아" in spliced.problem
        return

    assert_only_added(text, spliced, lambda data: data["topics"].append(SKELETON.pairs()))
    added = add_phrases(text, "f.yaml", "t0", {"questions": ["어디예요"]}, ["메모"])
    assert_only_added(text, added, lambda data: data["topics"][0].update(drafts={"questions": ["어디예요"]}))
