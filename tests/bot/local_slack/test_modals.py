"""Modals: triggers, hashes, stacks, state, and what a submission may be answered with."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.local_slack import LocalSlack, Modal, NotAsExpected, Person
from tests.bot.local_slack.conftest import Wall
from tests.bot.local_slack.kiosk import button, field, form, option, plain, section


async def opened(kiosk: LocalSlack, person: Person) -> Modal:
    await person.runs("/report")
    return await person.sees_modal("File a report")


async def shown(slack: LocalSlack, client: AsyncWebClient, person: Person, *blocks: dict[str, Any]) -> Modal:
    """A modal with these blocks, put before a person without any app."""
    await client.views_open(trigger_id=slack.trigger(person), view=form(blocks=list(blocks)))
    return await person.sees_modal("File a report")


async def test_errors_of_a_submission_stand_at_their_fields(kiosk: LocalSlack, ola: Person) -> None:
    modal = await opened(kiosk, ola)
    await modal.fills({"What happened": "nothing", "Kind": "Missed"})
    result = await modal.submits()
    assert not result.closed
    assert result.errors == {"What happened": "Say a little more."} == modal.errors
    assert "! What happened: Say a little more." in modal.text()
    await modal.fills({"What happened": "It was late"})
    assert (await modal.submits()).closed


async def test_a_submission_can_be_answered_with_another_modal(kiosk: LocalSlack, ola: Person) -> None:
    modal = await opened(kiosk, ola)
    await modal.fills({"What happened": "next", "Kind": "Missed"})
    result = await modal.submits()
    assert result.title == modal.title == "One more"
    assert not result.closed
    await modal.closes()
    assert modal.title == "File a report"
    assert modal.fields["What happened"] == "next"
    await modal.fills({"What happened": "thanks"})
    assert (await modal.submits()).title == "Thank you"
    assert modal.text() == "Thank you\nF-1"


async def test_a_submission_can_clear_the_whole_stack(kiosk: LocalSlack, ola: Person) -> None:
    modal = await opened(kiosk, ola)
    await modal.fills({"What happened": "next", "Kind": "Missed"})
    await modal.submits()
    await modal.fills({"What happened": "clear", "Kind": "Missed"})
    result = await modal.submits()
    assert (result.closed, result.title, modal.is_open) == (True, None, False)


async def test_errors_for_a_block_that_is_no_input_are_not_as_expected(kiosk: LocalSlack, ola: Person) -> None:
    modal = await opened(kiosk, ola)
    await modal.fills({"What happened": "wrong key", "Kind": "Missed"})
    with pytest.raises(NotAsExpected, match="no_such_block"):
        await modal.submits()


async def test_closing_tells_an_app_that_wants_to_know(kiosk: LocalSlack, ola: Person) -> None:
    modal = await opened(kiosk, ola)
    await modal.closes()
    await ola.sees("You closed the form")
    sent = kiosk.journal.inbound[-1]
    assert sent.what == "view_closed report.file"
    assert sent.payload["is_cleared"] is False
    with pytest.raises(NotAsExpected, match="not open any more"):
        await modal.submits()


async def test_a_button_in_a_modal_pushes_another(kiosk: LocalSlack, ola: Person) -> None:
    modal = await opened(kiosk, ola)
    await modal.clicks("Add a note")
    assert (await ola.sees_modal("A note")).view.previous_view_id is not None
    await modal.closes()
    await ola.sees_modal("File a report")


async def test_a_search_is_answered_with_options_to_choose_from(kiosk: LocalSlack, ola: Person) -> None:
    modal = await opened(kiosk, ola)
    assert await ola.searches(modal, "Work order", "P-1") == ["P-1 pump", "P-1 fan"]
    await modal.fills({"Work order": "P-1 fan"})
    assert modal.fields["Work order"] == "P-1 fan"
    with pytest.raises(NotAsExpected, match="suggests after 2 characters"):
        await modal.searches("Work order", "P")
    with pytest.raises(NotAsExpected, match='does not offer "P-2"; it offers "P-1 pump"'):
        await modal.fills({"Work order": "P-2"})


async def test_what_must_be_filled_in_is_checked_before_anything_is_sent(
    slack: LocalSlack, client: AsyncWebClient, ola: Person
) -> None:
    modal = await shown(slack, client, ola, field("What", "w", {"type": "plain_text_input", "min_length": 3}))
    with pytest.raises(NotAsExpected, match='"What" is required'):
        await modal.submits()
    await modal.fills({"What": "no"})
    with pytest.raises(NotAsExpected, match='"What" needs at least 3 characters'):
        await modal.submits()
    assert slack.journal.inbound == []


@pytest.mark.parametrize(
    ("element", "typed", "objection"),
    [
        ({"type": "number_input", "is_decimal_allowed": False}, "1.5", "is not a whole number"),
        ({"type": "number_input", "is_decimal_allowed": True, "max_value": "2"}, "2.5", "must be at most 2"),
        ({"type": "number_input", "is_decimal_allowed": True, "min_value": "2"}, "1", "must be at least 2"),
        ({"type": "email_text_input"}, "ola", "is not an email address"),
        ({"type": "url_text_input"}, "example", "is not a link"),
    ],
)
async def test_slack_checks_some_inputs_on_its_own(
    slack: LocalSlack, client: AsyncWebClient, ola: Person, element: dict[str, Any], typed: str, objection: str
) -> None:
    modal = await shown(slack, client, ola, field("It", "i", element))
    await modal.fills({"It": typed})
    with pytest.raises(NotAsExpected, match=objection):
        await modal.submits()


@pytest.mark.parametrize(
    ("element", "words", "state"),
    [
        ({"type": "plain_text_input"}, "words", {"value": "words"}),
        ({"type": "plain_text_input"}, None, {"value": None}),
        ({"type": "plain_text_input", "initial_value": "there"}, ..., {"value": "there"}),
        ({"type": "number_input", "is_decimal_allowed": True}, 2.5, {"value": "2.5"}),
        (
            {"type": "static_select", "options": [option("A", "a")]},
            "A",
            {"selected_option": {"text": {**plain("A"), "emoji": True}, "value": "a"}},
        ),
        ({"type": "static_select", "options": [option("A", "a")]}, ..., {"selected_option": None}),
        (
            {"type": "radio_buttons", "options": [option("A", "a")]},
            "A",
            {"selected_option": {"text": {**plain("A"), "emoji": True}, "value": "a"}},
        ),
        (
            {"type": "checkboxes", "options": [option("A", "a"), option("B", "b")]},
            ["B"],
            {"selected_options": [{"text": {**plain("B"), "emoji": True}, "value": "b"}]},
        ),
        ({"type": "multi_static_select", "options": [option("A", "a")]}, ..., {"selected_options": []}),
        ({"type": "users_select"}, "Dana Reyes", {"selected_user": "U0DANA"}),
        ({"type": "multi_users_select"}, ["Dana Reyes", "Ola Nordby"], {"selected_users": ["U0DANA", "U0OLA"]}),
        ({"type": "conversations_select"}, "#workshop", {"selected_conversation": "C0WORKSHOP"}),
        ({"type": "channels_select"}, "workshop", {"selected_channel": "C0WORKSHOP"}),
        ({"type": "datepicker"}, "2026-05-10", {"selected_date": "2026-05-10"}),
        ({"type": "timepicker"}, "07:30", {"selected_time": "07:30"}),
        ({"type": "datetimepicker"}, 1778310000, {"selected_date_time": 1778310000}),
    ],
)
async def test_the_state_of_each_kind_of_input_has_its_own_shape(
    kiosk: LocalSlack,
    client: AsyncWebClient,
    ola: Person,
    dana: Person,
    element: dict[str, Any],
    words: Any,
    state: dict[str, Any],
) -> None:
    what = field("What happened", "what", {"type": "plain_text_input", "initial_value": "x"})
    modal = await shown(kiosk, client, ola, what, field("It", "i", element, optional=True))
    if words is not ...:
        await modal.fills({"It": words})
    await modal.submits()
    view = kiosk.journal.inbound[-1].payload["view"]
    assert view["state"]["values"]["i"]["it"] == {"type": element["type"], **state}


@pytest.mark.parametrize(
    ("element", "words", "reason"),
    [
        ({"type": "static_select", "options": [option("A", "a")]}, "B", 'does not offer "B"; it offers "A"'),
        ({"type": "users_select"}, "Nobody", "does not offer Nobody; it offers"),
        ({"type": "channels_select"}, "#nowhere", "does not offer #nowhere"),
        ({"type": "datepicker"}, "10 May", "takes a date such as"),
        ({"type": "timepicker"}, "late", "takes a time such as"),
        ({"type": "datetimepicker"}, "now", "takes an aware datetime"),
        ({"type": "plain_text_input", "max_length": 3}, "four", "no more than 3 characters, not 4"),
        ({"type": "multi_users_select", "max_selected_items": 1}, ["Ola Nordby", "Dana Reyes"], "no more than 1"),
    ],
)
async def test_a_field_takes_only_what_it_offers(
    slack: LocalSlack, client: AsyncWebClient, ola: Person, element: dict[str, Any], words: Any, reason: str
) -> None:
    modal = await shown(slack, client, ola, field("It", "i", element))
    with pytest.raises(NotAsExpected, match=reason):
        await modal.fills({"It": words})


async def test_a_deactivated_person_is_not_offered(
    slack: LocalSlack, client: AsyncWebClient, ola: Person, dana: Person
) -> None:
    dana.deactivate()
    modal = await shown(slack, client, ola, field("Who", "w", {"type": "users_select"}))
    with pytest.raises(NotAsExpected, match="does not offer Dana Reyes"):
        await modal.fills({"Who": "Dana Reyes"})
    with pytest.raises(NotAsExpected, match="Dana Reyes is deactivated"):
        await dana.runs("/hello")


@pytest.mark.usefixtures("impatient")
async def test_an_unknown_field_is_named_with_those_that_are_there(
    slack: LocalSlack, client: AsyncWebClient, ola: Person
) -> None:
    modal = await shown(slack, client, ola, field("What", "w", {"type": "plain_text_input"}))
    with pytest.raises(NotAsExpected, match=r'no field "Whta" on the modal "File a report"; .* there: "What"'):
        await modal.fills({"Whta": "x"})


async def test_a_trigger_is_good_for_three_seconds_and_for_one_modal(
    slack: LocalSlack, client: AsyncWebClient, ola: Person, wall: Wall
) -> None:
    trigger = slack.trigger(ola)
    wall.at += 2.9
    await client.views_open(trigger_id=trigger, view=form())
    with pytest.raises(SlackApiError, match="exchanged_trigger_id"):
        await client.views_open(trigger_id=trigger, view=form())
    late = slack.trigger(ola)
    wall.at += 3.1
    with pytest.raises(SlackApiError, match="expired_trigger_id"):
        await client.views_open(trigger_id=late, view=form())
    forgotten = slack.trigger(ola)
    slack.expire_triggers()
    with pytest.raises(SlackApiError, match="expired_trigger_id"):
        await client.views_open(trigger_id=forgotten, view=form())


async def test_a_refused_view_does_not_use_up_the_trigger(
    slack: LocalSlack, client: AsyncWebClient, ola: Person
) -> None:
    trigger = slack.trigger(ola)
    with pytest.raises(SlackApiError, match="invalid_arguments"):
        await client.views_open(trigger_id=trigger, view=form(title=None))
    assert (await client.views_open(trigger_id=trigger, view=form()))["ok"]


async def test_an_update_with_an_old_hash_is_a_conflict(slack: LocalSlack, client: AsyncWebClient, ola: Person) -> None:
    view = (await client.views_open(trigger_id=slack.trigger(ola), view=form()))["view"]
    changed = (await client.views_update(view_id=view["id"], hash=view["hash"], view=form()))["view"]
    assert changed["hash"] != view["hash"]
    with pytest.raises(SlackApiError, match="hash_conflict"):
        await client.views_update(view_id=view["id"], hash=view["hash"], view=form())


async def test_an_update_keeps_what_was_filled_in_where_the_ids_stay(
    slack: LocalSlack, client: AsyncWebClient, ola: Person
) -> None:
    text = {"type": "plain_text_input"}
    modal = await shown(slack, client, ola, field("A", "a", text), field("B", "b", text))
    await modal.fills({"A": "kept", "B": "lost"})
    await client.views_update(view_id=modal.view.id, view=form(blocks=[field("A", "a", text), field("B", "b2", text)]))
    assert modal.fields == {"A": "kept", "B": "—"}


async def test_a_stack_holds_three_modals(slack: LocalSlack, client: AsyncWebClient, ola: Person) -> None:
    with pytest.raises(SlackApiError, match="not_found"):
        await client.views_push(trigger_id=slack.trigger(ola), view=form())
    first = (await client.views_open(trigger_id=slack.trigger(ola), view=form()))["view"]
    await client.views_push(trigger_id=slack.trigger(ola), view=form())
    third = (await client.views_push(trigger_id=slack.trigger(ola), view=form()))["view"]
    assert third["root_view_id"] == first["id"]
    with pytest.raises(SlackApiError, match="push_limit_reached"):
        await client.views_push(trigger_id=slack.trigger(ola), view=form())


async def test_a_closed_view_cannot_be_changed(slack: LocalSlack, client: AsyncWebClient, ola: Person) -> None:
    view = form(notify_on_close=False)
    opened = (await client.views_open(trigger_id=slack.trigger(ola), view=view))["view"]
    await (await ola.sees_modal("File a report")).closes()
    with pytest.raises(SlackApiError, match="not_found"):
        await client.views_update(view_id=opened["id"], view=view)


async def test_the_cross_clears_the_stack_and_says_so(kiosk: LocalSlack, ola: Person) -> None:
    modal = await opened(kiosk, ola)
    await modal.clicks("Add a note")
    await modal.closes(everything=True)
    assert not modal.is_open
    assert kiosk.journal.inbound[-1].payload["is_cleared"] is True


async def test_several_buttons_of_one_name_are_told_apart_by_the_text_beside_them(
    kiosk: LocalSlack, client: AsyncWebClient, ola: Person
) -> None:
    rows = [{**section(f"P-10{n}"), "accessory": button("Add a note", "form.note", f"P-10{n}")} for n in (1, 2)]
    modal = await shown(kiosk, client, ola, *rows)
    with pytest.raises(NotAsExpected, match=r'has 2 buttons "Add a note"; say beside='):
        await modal.clicks("Add a note")
    await modal.clicks("Add a note", beside="P-102")
    assert kiosk.journal.inbound[-1].payload["actions"][0]["value"] == "P-102"


async def test_waiting_for_a_modal_ends_as_soon_as_it_is_there(
    slack: LocalSlack, client: AsyncWebClient, ola: Person
) -> None:
    waiting = asyncio.create_task(ola.sees_modal("File a report"))
    await asyncio.sleep(0)
    await client.views_open(trigger_id=slack.trigger(ola), view=form())
    assert (await waiting).is_open


@pytest.mark.usefixtures("impatient")
async def test_the_wrong_modal_is_shown_in_the_failure(slack: LocalSlack, client: AsyncWebClient, ola: Person) -> None:
    await client.views_open(trigger_id=slack.trigger(ola), view=form())
    with pytest.raises(NotAsExpected) as failure:
        await ola.sees_modal("Review")
    assert 'Ola Nordby expected to see the modal "Review"' in str(failure.value)
    assert "What happened: —" in str(failure.value)
    assert "[Add a note] [Send] [Cancel]" in str(failure.value)
