"""The few pieces that all our messages and modals are made of, each within Slack's limits.

The limits are those of https://docs.slack.dev/reference/block-kit; slack_sdk's models refuse what breaks them.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from slack_sdk.models.basic_objects import JsonObject
from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    CheckboxesElement,
    ConfirmObject,
    ContextBlock,
    DatePickerElement,
    DateTimePickerElement,
    ExternalDataMultiSelectElement,
    HeaderBlock,
    InputBlock,
    MarkdownTextObject,
    Option,
    PlainTextInputElement,
    PlainTextObject,
    RadioButtonsElement,
    SectionBlock,
    StaticMultiSelectElement,
    StaticSelectElement,
    TimePickerElement,
    UserMultiSelectElement,
    UserSelectElement,
)
from slack_sdk.models.views import View

from bot.texts import Markdown, Texts, escape

SECTION = 3_000
OPTION = 75
OPTIONS = 100
TICKS = 10
INPUT = 3_000
HEADING = 150
TITLE = 24
"""Of a modal, and of the words on its buttons below."""
CONFIRM_TITLE, CONFIRM, ANSWER = 100, 300, 30
"""Of what is asked before an act, and of each of its two answers."""
TEXT = 4_000
"""Of a message's `text`: https://docs.slack.dev/reference/methods/chat.update#errors, `msg_too_long`."""
PARAGRAPHS = 5
"""So many paragraphs hold everything that a field takes, even when each sign has to be escaped."""
LINK = re.compile(r"https?://[^\s<>|]{1,990}")
"""What a link of mrkdwn can hold; longer ones are none."""
JOINER = "\u200d"
SKIN_TONES = "🏻🏼🏽🏾🏿"
FLAG_HALVES = "".join(map(chr, range(0x1F1E6, 0x1F200)))
LONGEST_SIGN = 16
"""As many code points as a pictogram of a family or a flag of a region has at most."""
ENTERED = "entered"
"""The action id of every input: its block id is the field's name."""


@dataclass(frozen=True, slots=True)
class Written:
    """What somebody is shown: blocks, and the text (mrkdwn) that notifications and screen readers use."""

    text: str
    blocks: Sequence[Block] = field(default_factory=list)

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", cut_markdown(self.text, TEXT))


def as_sent(shown: Any) -> Any:
    """Blocks, or a part of one, as the JSON that Slack takes.

    It is what `to_dict` gives without its validators: those look through all attributes of each part every time, which
    takes longer than to write all the rest of an answer. Tests run them on every example of what people are shown.
    """
    if isinstance(shown, JsonObject):
        names = _names_of(type(shown), shown)
        return _as_said(shown, names) if names is not None else shown.to_dict()
    if isinstance(shown, list | tuple):
        return [as_sent(one) for one in shown]
    return shown


def _as_said(shown: JsonObject, names: Iterable[str]) -> dict[str, Any]:
    said = {}
    for name in names:
        value = getattr(shown, name, None)
        if value or (value is not None and not isinstance(value, str | list | tuple)):
            said[name] = as_sent(value)
    return said


_names: dict[type[JsonObject], tuple[str, ...] | None] = {}


def _names_of(kind: type[JsonObject], one: JsonObject) -> tuple[str, ...] | None:
    """What parts of a kind say; None where they are written in a way of their own."""
    if kind not in _names:
        _names[kind] = tuple(one.attributes) if kind.to_dict is JsonObject.to_dict else None
    return _names[kind]


def cut(text: str, limit: int) -> str:
    """A text within a limit; what is cut says so by an ellipsis. No visible sign is cut in half."""
    return text if len(text) <= limit else text[: _between_signs(text, limit - 1)] + "…"


def line(text: str, limit: int) -> str:
    """A text on one line within a limit."""
    return cut(" ".join(text.split()), limit)


def said(text: str, limit: int = SECTION) -> str:
    """People's own words for mrkdwn: escaped, and within a limit that counts the escaped signs."""
    escaped = escape(text)
    return escaped if len(escaped) <= limit else escape(text[: _fitting(text, limit - 1)]) + "…"


def _fitting(text: str, limit: int) -> int:
    """How many signs of a text fit a limit once they are escaped."""
    length = 0
    for place, sign in enumerate(text):
        length += len(escape(sign))
        if length > limit:
            return _between_signs(text, place)
    return len(text)


def _between_signs(text: str, place: int) -> int:
    """The last place up to another at which no visible sign is cut in half.

    Marks, skin tones and what a joiner joins belong to the letter or pictogram before them. Of a letter under a tower
    of marks only the tower is cut: looking back has an end.
    """
    furthest = max(place - LONGEST_SIGN, place // 2)
    return next((nearest for nearest in range(place, furthest - 1, -1) if not _joined(text, nearest)), place)


def _joined(text: str, place: int) -> bool:
    before, after = text[place - 1 : place], text[place : place + 1]
    if not before or not after:
        return False
    if after in FLAG_HALVES:
        halves = len(text[:place]) - len(text[:place].rstrip(FLAG_HALVES))
        return halves % 2 == 1
    return JOINER in (before, after) or after in SKIN_TONES or unicodedata.category(after) in ("Mn", "Me", "Mc")


def cut_markdown(markdown: str, limit: int = SECTION) -> str:
    """Mrkdwn within a limit; an escaped sign (`&amp;`) is cut as a whole."""
    return markdown if len(markdown) <= limit else re.sub(r"&[a-z]*$", "", markdown[: limit - 1]) + "…"


def section(markdown: str, beside: ButtonElement | None = None) -> SectionBlock:
    """A paragraph, perhaps with a button beside it. `verbatim` keeps Slack from making links and names out of words."""
    return SectionBlock(text=MarkdownTextObject(text=cut_markdown(markdown), verbatim=True), accessory=beside)


def link(address: str, label: str = "") -> Markdown:
    """A link that leads where it says it does; what is no web address is shown as it is."""
    if not LINK.fullmatch(address):
        return Markdown(escape(address))
    return Markdown(f"<{escape(address)}|{escape(label)}>" if label else f"<{escape(address)}>")


def words(text: str, elsewhere: str, most: int = PARAGRAPHS) -> list[Block]:
    """Somebody's own words, unchanged: as many paragraphs as they need.

    Args:
        text: The words.
        elsewhere: In small print, where the rest is, if they are longer than that.
        most: As many paragraphs as there is room for.
    """
    blocks: list[Block] = []
    while len(blocks) < most - 1 and len(escape(text)) > SECTION:
        fitting = _fitting(text, SECTION)
        blocks.append(_own_words(text[:fitting]))
        text = text[fitting:]
    blocks.append(_own_words(text))
    return blocks if len(escape(text)) <= SECTION else [*blocks, small(elsewhere)]


def _own_words(text: str) -> SectionBlock:
    # Slack takes no paragraph without a visible sign.
    return SectionBlock(text=MarkdownTextObject(text=said(text) if text.strip() else "–", verbatim=True))


def quote(text: str, limit: int = 600) -> str:
    """Somebody's own words as a quotation inside a paragraph."""
    return "\n".join(f"> {line}" for line in said(text, limit).splitlines())


def listing(lines: Iterable[str]) -> list[Block]:
    """Short lines in as few paragraphs as hold them; none is cut between two."""
    paragraphs: list[str] = []
    for one in lines:
        if paragraphs and len(paragraphs[-1]) + 1 + len(one) <= SECTION:
            paragraphs[-1] += f"\n{one}"
        else:
            paragraphs.append(one)
    return [section(paragraph) for paragraph in paragraphs]


def small(markdown: str) -> ContextBlock:
    """A line in small print."""
    return ContextBlock(elements=[MarkdownTextObject(text=cut_markdown(markdown), verbatim=True)])


def heading(text: str) -> HeaderBlock:
    """A heading."""
    return HeaderBlock(text=PlainTextObject(text=cut(text, HEADING), emoji=True))


def button(
    text: str, action: str, value: object = "", *, style: str | None = None, confirm: ConfirmObject | None = None
) -> ButtonElement:
    """A button that asks for an action with a value, perhaps only after somebody has confirmed it."""
    return ButtonElement(
        text=cut(text, OPTION), action_id=action, value=str(value) or None, style=style, confirm=confirm
    )


def confirm(question: str, explained: str, yes: str, no: str) -> ConfirmObject:
    """What is asked before a button's action is carried out.

    Its limits: https://docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object
    """
    return ConfirmObject(
        title=cut(question, CONFIRM_TITLE),
        text=PlainTextObject(text=cut(explained, CONFIRM), emoji=False),  # the SDK makes mrkdwn of a string
        confirm=cut(yes, ANSWER),
        deny=cut(no, ANSWER),
    )


def buttons(*elements: ButtonElement) -> ActionsBlock:
    """A row of buttons."""
    return ActionsBlock(elements=list(elements))


def option(label: str, value: object, below: str | None = None) -> Option:
    """One choice of a select, perhaps with a line below it."""
    return Option(
        text=PlainTextObject(text=line(label, OPTION), emoji=True),
        value=str(value),
        description=PlainTextObject(text=line(below, OPTION), emoji=True) if below else None,
    )


def text_input(
    name: str,
    label: str,
    *,
    initial: str = "",
    lines: bool = True,
    optional: bool = False,
    hint: str | None = None,
    most: int = INPUT,
) -> InputBlock:
    """A field for words; Slack takes 3,000 characters at most."""
    element = PlainTextInputElement(
        action_id=ENTERED, multiline=lines, initial_value=cut(initial, most) or None, max_length=most
    )
    return InputBlock(block_id=name, label=label, element=element, optional=optional, hint=hint)


def select(
    name: str,
    label: str,
    choices: Sequence[Option],
    *,
    chosen: Option | None = None,
    optional: bool = False,
    hint: str | None = None,
    tells: str | None = None,
) -> InputBlock:
    """A field for one of up to 100 choices; where it tells of each choice at once, under which action."""
    element = StaticSelectElement(action_id=tells or ENTERED, options=choices[:OPTIONS], initial_option=chosen)
    dispatch = True if tells else None
    return InputBlock(
        block_id=name, label=label, element=element, optional=optional, hint=hint, dispatch_action=dispatch
    )


def ticks(name: str, label: str, choices: Sequence[Option], *, chosen: Sequence[Option] = ()) -> InputBlock:
    """A field for any of up to ten choices, all in sight."""
    element = CheckboxesElement(action_id=ENTERED, options=list(choices[:TICKS]), initial_options=list(chosen) or None)
    return InputBlock(block_id=name, label=label, element=element, optional=True)


def radio(name: str, label: str, choices: Sequence[Option], *, chosen: Option | None = None) -> InputBlock:
    """A field for one of up to ten choices, all in sight."""
    element = RadioButtonsElement(action_id=ENTERED, options=list(choices), initial_option=chosen)
    return InputBlock(block_id=name, label=label, element=element)


def tick(name: str, label: str, choice: Option, *, ticked: bool = False) -> InputBlock:
    """A box that is ticked or not."""
    element = CheckboxesElement(action_id=ENTERED, options=[choice], initial_options=[choice] if ticked else None)
    return InputBlock(block_id=name, label=label, element=element, optional=True)


def multi_select(
    name: str, label: str, choices: Sequence[Option], *, chosen: Sequence[Option] = (), optional: bool = False
) -> InputBlock:
    """A field for several of up to 100 choices."""
    element = StaticMultiSelectElement(
        action_id=ENTERED, options=choices[:OPTIONS], initial_options=list(chosen) or None
    )
    return InputBlock(block_id=name, label=label, element=element, optional=optional)


def searched_select(
    name: str, label: str, action: str, *, chosen: Sequence[Option] = (), optional: bool = False
) -> InputBlock:
    """A field for several of any number of choices, which are searched: the app is asked under an action id."""
    element = ExternalDataMultiSelectElement(action_id=action, min_query_length=0, initial_options=list(chosen) or None)
    return InputBlock(block_id=name, label=label, element=element, optional=optional)


def person_input(name: str, label: str) -> InputBlock:
    """A field for one person."""
    return InputBlock(block_id=name, label=label, element=UserSelectElement(action_id=ENTERED))


def people_input(name: str, label: str) -> InputBlock:
    """A field for several people."""
    return InputBlock(block_id=name, label=label, element=UserMultiSelectElement(action_id=ENTERED))


def day_input(name: str, label: str, initial: date | None = None, *, optional: bool = False) -> InputBlock:
    """A field for a day."""
    element = DatePickerElement(action_id=ENTERED, initial_date=initial.isoformat() if initial else None)
    return InputBlock(block_id=name, label=label, element=element, optional=optional)


def moment_input(
    name: str, label: str, initial: datetime | None = None, *, optional: bool = False, hint: str | None = None
) -> InputBlock:
    """A field for a day and a time, on the clock of whoever fills it in."""
    element = DateTimePickerElement(action_id=ENTERED, initial_date_time=int(initial.timestamp()) if initial else None)
    return InputBlock(block_id=name, label=label, element=element, optional=optional, hint=hint)


def time_input(name: str, label: str, initial: time | None = None, *, optional: bool = False) -> InputBlock:
    """A field for a time of day."""
    element = TimePickerElement(action_id=ENTERED, initial_time=f"{initial:%H:%M}" if initial else None)
    return InputBlock(block_id=name, label=label, element=element, optional=optional)


def modal(
    t: Texts,
    title: str,
    blocks: Iterable[Block],
    *,
    callback: str | None = None,
    submit: str | None = None,
    keep: Mapping[str, Any] | None = None,
) -> View:
    """A modal.

    Args:
        t: The reader's language.
        title: At most 24 characters.
        blocks: At most 100.
        callback: The id under which its submission is listened to; None for one that only shows something.
        submit: The word on the button that submits it.
        keep: Values that come back with the submission.
    """
    return View(
        type="modal",
        callback_id=callback,
        title=PlainTextObject(text=cut(title, TITLE)),
        submit=PlainTextObject(text=cut(submit, TITLE)) if submit else None,
        close=PlainTextObject(text=cut(t("Cancel") if submit else t("Close"), TITLE)),
        blocks=list(blocks),
        private_metadata=json.dumps(keep) if keep else None,
    )


def notice(t: Texts, title: str, markdown: str) -> View:
    """A modal that says one thing."""
    return modal(t, title, [section(markdown)])
