"""The desk: carries out a row of the table for one request, and answers within the ack.

The order is always the same: read the form, run one use case, ack with the answer, return. What has to talk to Slack
comes after the ack (`Afterwards`). A rule's refusal becomes a sentence where the person is looking; a busy store asks
for patience; anything else is a bug and goes to the one error handler.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from slack_bolt.async_app import AsyncAck
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.models.views import View
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.afterwards import TIMEOUT_S, Afterwards
from bot.blocks import home as home_blocks
from bot.blocks import kit
from bot.blocks import unsafe as unsafe_blocks
from bot.blocks.kit import Written
from bot.forms import FormErrors
from bot.forms import unsafe as unsafe_forms
from bot.forms.request import UNREADABLE, Request
from bot.http.metrics import Acks
from bot.in_flight import InFlight
from bot.languages import Languages
from bot.listeners.rows import Act, Heard, Home, Next, Open, Redraw, Row, Show, Suggest
from bot.logs import quiet_logger
from bot.slack_errors import NotShown, understood
from bot.texts import CATALOGUES, Markdown, Texts, escape, texts_in
from jobs.clock import Clock
from jobs.outbox import Outbox
from jobs.ports import Incidents
from store import home, inbound
from store.errors import N_, Refused, TryAgain
from store.meanings import Meaning
from store.policy import Policy
from store.store import Store

OLD_FORM = N_(
    "This form is from before the app was updated. Your text is still here: copy it, close this and open it again."
)
BUSY = N_("We can't keep this right now. Please try again in a minute.")
TOO_LATE = N_("That took too long, so the form did not open. Try again.")
NOT_OPENED = N_("The form did not open. Try again in a minute; if it still does not open, tell an admin.")


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that it takes to carry out a row."""

    store: Store
    clock: Clock
    policy: Policy
    client: AsyncWebClient
    afterwards: Afterwards
    outbox: Outbox
    in_flight: InFlight
    incidents: Incidents
    acks: Acks
    languages: Languages
    catalogues: Path = CATALOGUES

    async def carry_out(self, row: Row, body: Mapping[str, Any], ack: AsyncAck) -> BoltResponse:
        """Carry out a row for a request.

        Returns:
            The ack, with the answer inside where Slack has a place for it.
        """
        began = asyncio.get_running_loop().time()
        try:
            return await self._carry_out(row, body, ack)
        finally:
            self.acks.took(row.heard, asyncio.get_running_loop().time() - began)

    async def _carry_out(self, row: Row, body: Mapping[str, Any], ack: AsyncAck) -> BoltResponse:
        request = Request(body)
        t = texts_in("en-US", self.catalogues)
        try:
            with self.in_flight.one():
                t = texts_in(await self.languages.of(request.caller), self.catalogues)
                return await self._do(row, request, t, ack)
        except FormErrors as errors:
            return await self._say_errors(row, request, t, ack, errors.errors)
        except Refused as refused:
            sentence = t(refused.sentence, **refused.values)
            return await self._refuse(row, request, t, ack, sentence, refused.field)
        except TryAgain:
            if row.heard is Heard.EVENT:
                return BoltResponse(status=503)
            return await self._refuse(row, request, t, ack, t(BUSY), None)

    async def _do(self, row: Row, request: Request, t: Texts, ack: AsyncAck) -> BoltResponse:
        arguments = row.form(request, t)
        match row:
            case Act():
                result = await self._act(row, request, arguments)
                return await self._answer(row, request, t, ack, row.reply(result, t) if row.reply else None)
            case Show():
                return await self._answer(row, request, t, ack, await self._look(row, request, arguments, t))
            case Open():
                given = {"at": self.clock.now()} if row.with_time else {}
                found = await self.store.read(row.query, *arguments, by=request.caller, **given)
                self.afterwards.start("open_modal", self._open(request, t, row.view(found, request, t)))
            case Redraw():
                found = await self.store.read(row.query, *arguments, by=request.caller, at=self.clock.now())
                self.afterwards.start("redraw_modal", self._redraw(request, row.view(found, request, t)))
            case Next():
                found = await self.store.read(row.query, *arguments, policy=self.policy, by=request.caller)
                return await ack(response_action="update", view=row.view(found, t))
            case Suggest():
                found = await self.store.read(row.query, *arguments, by=request.caller)
                return await ack(options=row.options(found, t))
            case Home():
                found = await self.store.read(row.query, by=request.caller, at=self.clock.now())
                self.afterwards.start("publish_home", self._publish(request, row.view(found, t)))
        return await ack()

    async def _act(self, row: Act, request: Request, arguments: tuple[Any, ...]) -> Any:
        if request.source_key is None:
            raise FormErrors({"": UNREADABLE})
        given: dict[str, Any] = {"by": request.caller, "at": self.clock.now()}
        if row.with_policy:
            given["policy"] = self.policy
        workspace = request.caller.workspace
        key = request.source_key
        result = await self.store.write_together(workspace, inbound.once, key, row.use_case, *arguments, **given)
        if row.heard is Heard.EVENT:  # it may have been that somebody reads in another language now
            self.languages.forget()
        self.outbox.wake()
        return result

    async def _look(self, row: Show, request: Request, arguments: tuple[Any, ...], t: Texts) -> Written:
        given: dict[str, Any] = {"by": request.caller}
        if row.with_time:
            given["at"] = self.clock.now()
        if row.with_policy:
            given["policy"] = self.policy
        found = await self.store.read(row.query, *arguments, **given) if row.query else None
        return row.reply(found, t)

    async def _answer(
        self, row: Row, request: Request, t: Texts, ack: AsyncAck, written: Written | View | None
    ) -> BoltResponse:
        if isinstance(written, View):
            return await ack(response_action="update", view=written)
        if row.heard is Heard.VIEW and written:
            view = kit.modal(t, t("Done"), written.blocks)
            return await ack(response_action="update", view=view)
        if row.heard is Heard.COMMAND and written:
            return await ack(text=written.text, blocks=kit.as_sent(written.blocks), response_type="ephemeral")
        if row.heard is Heard.ACTION and written and isinstance(row, Act) and row.beside:
            self.afterwards.start("say_beside", self._say_beside(request, t, written))
        elif row.heard is Heard.ACTION and written and request.modal_id:
            self.afterwards.start("redraw_modal", self._redraw(request, kit.modal(t, t("Done"), written.blocks)))
        elif row.heard is Heard.ACTION and written and not request.answer_address:  # a home has none
            self.afterwards.start("say_beside", self._say_beside(request, t, written))
        elif row.heard is Heard.ACTION and written:
            self.afterwards.start("turn_page", self._replace(request, written))
        if row.heard is Heard.ACTION and request.in_a_view:
            self.afterwards.start("refresh_home", self._refresh_home(request, t))
        return await ack()

    async def _say_errors(
        self, row: Row, request: Request, t: Texts, ack: AsyncAck, errors: Mapping[str, str]
    ) -> BoltResponse:
        if row.heard is not Heard.VIEW:
            return await self._refuse(row, request, t, ack, " ".join(t(said) for said in errors.values()), None)
        shown = {name: t(said) for name, said in errors.items() if request.has_input(name)}
        if not shown:
            sentence = next(iter(errors.values())) if "" in errors else OLD_FORM
            return await self._refuse(row, request, t, ack, t(sentence), None)
        return await ack(response_action="errors", errors=shown)

    async def _refuse(
        self, row: Row, request: Request, t: Texts, ack: AsyncAck, sentence: str, field: str | None
    ) -> BoltResponse:
        # A form has what to do in danger at its top; where somebody only types, the answer is the one place for it.
        said = escape(sentence)
        if unsafe_forms.is_said(request, t):
            said = unsafe_blocks.refused(Markdown(said), t).text
        match row.heard:
            case Heard.COMMAND:
                return await ack(text=said, response_type="ephemeral")
            case Heard.VIEW:
                name = field if field and request.has_input(field) else request.first_input()
                if name:
                    return await ack(response_action="errors", errors={name: sentence})
                return await ack(response_action="update", view=kit.notice(t, t("Sorry"), escape(sentence)))
            case Heard.ACTION | Heard.SHORTCUT:
                self.tell_afterwards(request, t, sentence)
            case Heard.OPTIONS:  # a menu has no place for a sentence
                return await ack(options=[])
            case Heard.EVENT if isinstance(row, Home):
                view = home_blocks.refused(escape(sentence))
                self.afterwards.start("publish_home", self._publish(request, view))
            case Heard.EVENT if row.to_the_app:
                self.afterwards.start("say_refusal", self._say_back(request, said))
        return await ack()

    def tell_afterwards(self, request: Request, t: Texts, sentence: str) -> None:
        """Say something to whoever clicked: where they did if Slack has a place for it there, else in a modal."""
        self.afterwards.start("say_refusal", self._tell(request, t, sentence))

    async def _tell(self, request: Request, t: Texts, sentence: str) -> None:
        if request.answer_address:
            await _answer_at(request, text=escape(sentence), response_type="ephemeral", replace_original=False)
        elif request.trigger:
            await self._open(request, t, kit.notice(t, t("Sorry"), escape(sentence)))

    async def _say_back(self, request: Request, text: str) -> None:
        # Not a delivery: those are for people whom we know.
        await self.client.chat_postMessage(channel=str(request.event.get("channel")), text=text)

    async def _say_beside(self, request: Request, t: Texts, written: Written) -> None:
        if request.answer_address:
            await _answer_at(
                request,
                text=written.text,
                blocks=written.blocks,
                response_type="ephemeral",
                replace_original=False,
            )
        elif request.trigger:
            await self._open(request, t, kit.modal(t, t("Done"), written.blocks))

    async def _replace(self, request: Request, written: Written) -> None:
        await _answer_at(request, text=written.text, blocks=written.blocks, replace_original=True)

    async def _redraw(self, request: Request, view: View) -> None:
        await self.client.views_update(view_id=request.modal_id, view=view)

    async def _open(self, request: Request, t: Texts, view: View) -> None:
        if request.modal_id:  # what is opened from a modal takes its place
            return await self._redraw(request, view)
        try:
            await self.client.views_open(trigger_id=request.trigger, view=view)
        except SlackApiError as error:
            meaning = understood(error).meaning
            # Where the answer was lost, the form may be open: nothing is said then.
            if request.answer_address and meaning is not Meaning.UNKNOWN:
                sentence = TOO_LATE if meaning is Meaning.TOO_LATE else NOT_OPENED
                self.afterwards.start("say_not_opened", self._tell(request, t, t(sentence)))
            raise

    async def _publish(self, request: Request, view: View) -> None:
        if request.caller.user:  # an event that names nobody is no visit
            await self.client.views_publish(user_id=request.caller.user, view=view)

    async def _refresh_home(self, request: Request, t: Texts) -> None:
        found = await self.store.read(home.home, by=request.caller, at=self.clock.now())
        await self._publish(request, home_blocks.home(found, t))


async def _answer_at(request: Request, **answer: Any) -> None:
    # The SDK's own retries could say a thing twice.
    client = AsyncWebhookClient(
        request.answer_address, timeout=int(TIMEOUT_S), retry_handlers=[], logger=quiet_logger()
    )
    response = await client.send(**answer)
    if response.status_code != 200:
        raise NotShown(response)
