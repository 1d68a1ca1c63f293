"""A modal as a person works with it.

https://docs.slack.dev/surfaces/modals for what a submission may be answered with.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.local_slack.acting import Hands
from bot.local_slack.elements import options_of
from bot.local_slack.errors import NotAsExpected, Refused
from bot.local_slack.filling import objection
from bot.local_slack.forms import fields_of
from bot.local_slack.handles import Submitted
from bot.local_slack.journal import Inbound
from bot.local_slack.payloads import Payloads
from bot.local_slack.records import Json, View


class Modal:
    """The modal on top of a person's stack, whatever the app has made of it since."""

    def __init__(self, hands: Hands, view: View) -> None:
        self._hands = hands
        self._last = view

    @property
    def view(self) -> View:
        """The view on top now, or the last one when all were closed."""
        self._last = self._hands.stage.slack.views.top(self._hands.user.id) or self._last
        return self._last

    @property
    def is_open(self) -> bool:
        """Whether it is still before the person."""
        return self.view.is_open

    @property
    def title(self) -> str:
        """Its title."""
        return self.view.title

    @property
    def blocks(self) -> list[Json]:
        """Its blocks."""
        return self.view.blocks if self.view.is_open else []

    @property
    def filled(self) -> dict[tuple[str, str], Any]:
        """What was filled in."""
        return self.view.filled

    @property
    def described(self) -> str:
        """A few words for the text of a failure."""
        return f'the modal "{self.title}"' + ("" if self.is_open else " (closed)")

    @property
    def fields(self) -> dict[str, str]:
        """By label, what stands in each field (an em dash for nothing)."""
        screen = self._hands.stage.screen
        return {each.label: screen.shown(each, self.filled) for each in fields_of(self.view.blocks)}

    @property
    def buttons(self) -> list[str]:
        """What there is to click among its blocks, by visible text."""
        return [each.label for each in self._hands.stage.screen.buttons(self.view.blocks)]

    @property
    def errors(self) -> dict[str, str]:
        """The sentences at its fields, by label."""
        labels = {each.block_id: each.label for each in fields_of(self.view.blocks)}
        return {labels[block_id]: text for block_id, text in self.view.errors.items()}

    def text(self) -> str:
        """Everything there is to read: title, texts, fields with what stands in them, errors, buttons."""
        return self._hands.stage.screen.view(self.view)

    def options(self, label: str) -> list[str]:
        """What a field offers, by visible text.

        Raises:
            NotAsExpected: There is no such field.
        """
        place = self._hands.field(self, label)
        if place is None:
            raise self._hands.unexpected(f'no field "{label}" on {self.described}')
        return [each["text"]["text"] for each in options_of(place.element)]

    async def sees(self, text: str) -> None:
        """Waits until the modal shows this text.

        Raises:
            NotAsExpected: It does not in time.
        """
        stage = self._hands.stage
        if not await stage.slack.changes.until(lambda: text in self.text() or None, stage.patience):
            raise self._hands.unexpected(f'expected {self.described} to show "{text}"')

    async def fills(self, words: Mapping[str, Any]) -> Modal:
        """Fills in fields by their visible labels, in this order.

        Raises:
            NotAsExpected: A field is not there or does not take that.
        """
        for label, wanted in words.items():
            await self._hands.fill(self, label, wanted)
        return self

    async def searches(self, label: str, query: str) -> list[str]:
        """Types into an external select and returns the visible texts of what the app suggests."""
        place = self._hands.field(self, label)
        if place is None:
            raise self._hands.unexpected(f'no field "{label}" on {self.described}')
        return [each["text"]["text"] for each in await self._hands.suggest(self, place, query)]

    async def clicks(self, label: str, *, beside: str | None = None) -> None:
        """Clicks a button among its blocks."""
        await self._hands.click(self, label, beside)

    async def submits(self) -> Submitted:
        """Presses the submit button and returns what came of it.

        Raises:
            NotAsExpected: Slack would not submit it, nobody answered, or the answer is not one.
        """
        view = self.view
        self._may_submit(view)
        view.errors = {}
        payload = self._hands.stage.payloads.submission(self._hands.user, view)
        entry = await self._hands.act("interactive", f"view_submission {view.definition['callback_id']}", payload)
        try:
            return self._answered(view, entry)
        finally:
            self._hands.stage.slack.changes.announce()

    def _may_submit(self, view: View) -> None:
        if not view.is_open:
            raise self._hands.unexpected(f"{self.described} is not open any more")
        if not view.definition.get("submit"):
            raise self._hands.unexpected(f"{self.described} has no submit button")
        for field in fields_of(view.blocks):
            reason = objection(field, field.value(view.filled))
            if reason:
                raise self._hands.unexpected(f'Slack would not submit {self.described}: "{field.label}" {reason}')

    def _answered(self, view: View, entry: Inbound) -> Submitted:
        sent = entry.ack.payload if entry.ack else None
        payload: Mapping[str, Any] = sent if isinstance(sent, Mapping) else {}
        action = payload.get("response_action")
        views = self._hands.stage.slack.views
        if not sent:
            views.close(view)
        elif action == "clear":
            views.clear(view.user_id)
        elif action == "errors":
            return self._refused(view, payload.get("errors"))
        elif action in ("update", "push"):
            self._next(view, action, payload.get("view"))
        else:
            raise self._hands.unexpected(f"{entry.what}: this is no answer to a submission: {sent}")
        top = views.top(view.user_id)
        return Submitted(closed=not view.is_open, title=top.title if top else None)

    def _refused(self, view: View, errors: Any) -> Submitted:
        inputs = {each.block_id: each.label for each in fields_of(view.blocks) if each.is_input}
        if not isinstance(errors, Mapping) or not errors or not set(errors) <= set(inputs):
            raise self._hands.unexpected(
                f"{self.described} was answered with errors {errors}; its inputs are {sorted(inputs)}"
            )
        view.errors = {block_id: str(text) for block_id, text in errors.items()}
        return Submitted(False, {inputs[each]: text for each, text in view.errors.items()}, view.title)

    def _next(self, view: View, action: str, definition: Any) -> None:
        views = self._hands.stage.slack.views
        instead_of = view if action == "update" else None
        try:
            complete = views.checked(definition, "modal", instead_of=instead_of)
            if action == "update":
                views.update(view, complete)
            else:
                views.push(view.user_id, complete)
        except Refused as refused:
            raise NotAsExpected(
                f"Slack would not show the next view: {refused.error} {list(refused.messages)}"
            ) from refused

    async def closes(self, *, everything: bool = False) -> None:
        """Closes it by its close button, or all modals at once by the cross in the corner."""
        view = self.view
        if not view.is_open:
            raise self._hands.unexpected(f"{self.described} is not open any more")
        stack = self._hands.stage.slack.views.stack(view.user_id)
        if everything or view.definition.get("clear_on_close"):
            for each in reversed(list(stack)):
                await self._hands.close(each, is_cleared=True)
        else:
            await self._hands.close(view, is_cleared=False)

    def action_payload(self, payloads: Payloads, action: Json) -> Json:
        """block_actions for an element of it."""
        return payloads.view_action(self._hands.user, self.view, action)

    def where(self, payloads: Payloads) -> Json:
        """Its part in a block_suggestion."""
        return payloads.in_view(self.view)
