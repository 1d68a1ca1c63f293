"""The form that files a report or changes one: only the kind is needed, and what is known is chosen already."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from bot import ids
from bot.blocks import kit, restrictions, unsafe
from bot.texts import Texts
from bot.texts.glossary import DID, IMPACTS, KINDS, PICTOGRAMS
from store.feedback import Impact, Kind, Report
from store.report_edits import Kept, ToEdit
from store.reporting import Reportable

KIND = "kind"
"""What its field's name begins with; the tool's type follows, because the kinds of another type are another field."""
EXPECTED, PLACE, COLLEAGUE, LINKS = 500, 150, 80, 3_000
"""The most characters of each short field."""


@dataclass(frozen=True, slots=True)
class Filling:
    """What the form is filled in with, and what it brings back.

    Attributes:
        said: What is known of the report.
        kind: The kind that is chosen already; None where nobody has said it yet.
        keep: What comes back with it: `report`, `reference`, `prompt`, `permalink`.
    """

    said: Report = field(default_factory=lambda: Report(Kind.OTHER, ""))
    kind: Kind | None = None
    keep: Mapping[str, Any] = field(default_factory=dict)


def report_form(choices: Reportable, filling: Filling, t: Texts) -> View:
    """The modal that files a report, or changes one."""
    reference = filling.keep.get("reference")
    return kit.modal(
        t,
        t("Change {reference}", reference=reference) if reference else t("Report behaviour"),
        _fields(choices, filling, t),
        callback=ids.KEEP_EDIT if reference else ids.FILE,
        submit=t("Keep it") if reference else t("Send"),
        keep=filling.keep,
    )


def edit_form(found: ToEdit, t: Texts) -> View:
    """The same for a report of theirs, filled in with what it says."""
    keep = {"report": found.id, "reference": found.reference}
    return report_form(found.choices, Filling(found.report, found.report.kind, keep), t)


def addition_form(kept: Kept, t: Texts) -> View:
    """The modal that adds to a report of theirs."""
    return kit.modal(
        t,
        t("Add to {reference}", reference=kept.reference),
        [
            kit.text_input("text", t("What else?"), optional=True),
            kit.text_input("links", t("Links to photos or files"), optional=True, lines=False, most=LINKS),
            *who_sees(t),
        ],
        callback=ids.KEEP_ADDITION,
        submit=t("Keep it"),
        keep={"report": kept.id},
    )


def who_sees(t: Texts) -> list[Block]:
    """Who will see it, in one line."""
    return [
        kit.small(
            t.md(
                "The people embedded with your team see this with your name. "
                "If it is unsafe, your duty contacts and your lead do, too. Nobody else does."
            )
        )
    ]


def _fields(choices: Reportable, filling: Filling, t: Texts) -> list[Block]:
    said = filling.said
    is_unsafe = said.impact is Impact.UNSAFE
    return [
        *unsafe.first_rows(choices, t, ticked=is_unsafe),
        *restrictions.banner(choices.restrictions, t),
        *_tool(choices, t),
        _kind(choices, filling, t),
        _words(filling, t),
        kit.text_input(
            "place",
            t("Where?"),
            initial=said.place,
            optional=True,
            lines=False,
            most=PLACE,
            hint=t("The asset or the line, such as P-101"),
        ),
        *_shift(choices, filling, t),
        kit.text_input(
            "expected", t("What should it have done?"), initial=said.expected, optional=True, lines=False, most=EXPECTED
        ),
        _one_of("did", t("What did you do?"), {key: t(label) for key, label in DID.items()}, said.did),
        _one_of(
            "impact",
            t("What did it cost?"),
            {impact: t(IMPACTS[impact]) for impact in Impact if impact is not Impact.NONE},
            None if is_unsafe else said.impact,
        ),
        kit.text_input(
            "links", t("Links to photos or files"), initial=" ".join(said.links), optional=True, lines=False, most=LINKS
        ),
        kit.text_input(
            "relayed_for",
            t("Did a colleague tell you?"),
            initial=said.relayed_for,
            optional=True,
            lines=False,
            most=COLLEAGUE,
            hint=t("Their name. It is shown with your report; they are not written to."),
        ),
        *who_sees(t),
    ]


def _words(filling: Filling, t: Texts) -> Block:
    text = filling.said.text
    if len(text) <= kit.INPUT:
        return kit.text_input("text", t("In your words"), initial=text, optional=True)
    if filling.keep.get("report"):  # cut to what a field takes, they would be lost
        return kit.section(t.md("Your words are too long for this form. They stay as they are; you can add to them."))
    longer = t("The message is longer. These are its first 3,000 characters.")
    return kit.text_input("text", t("In your words"), initial=text, optional=True, hint=longer)


def _tool(choices: Reportable, t: Texts) -> list[Block]:
    tools = [kit.option(name, key) for key, name in choices.tools]
    chosen = next((option for option in tools if option.value == str(choices.tool_id)), tools[0])
    tells = ids.CHOOSE_TOOL if len(tools) > 1 else None
    blocks: list[Block] = [kit.select("tool", t("Tool"), tools, chosen=chosen, tells=tells)]
    if choices.version:
        blocks.append(kit.small(t.md("Version {version} is live.", version=choices.version)))
    return blocks


def _kind(choices: Reportable, filling: Filling, t: Texts) -> Block:
    kinds = list(choices.kinds)
    if filling.kind is not None and filling.kind not in kinds and filling.keep.get("report"):
        kinds[-1:] = [filling.kind]  # what it was filed as stays to be chosen
    options = [kit.option(f"{PICTOGRAMS[kind]} {t(KINDS[kind])}", kind) for kind in kinds]
    chosen = next((option for option in options if option.value == filling.kind), None)
    return kit.radio(f"{KIND}_{choices.type}", t("What did it do?"), options, chosen=chosen)


def _shift(choices: Reportable, filling: Filling, t: Texts) -> list[Block]:
    offered = list(choices.shifts)
    if filling.said.shift and filling.said.shift not in offered:
        offered.append(filling.said.shift)
    if not offered:
        return []
    options = [
        kit.option(t("{shift} of {day}", shift=name, day=t.day(day)), f"{day.isoformat()}/{name}")
        for day, name in offered
    ]
    wanted = filling.said.shift or (None if filling.keep.get("report") else offered[0])
    chosen = options[offered.index(wanted)] if wanted in offered else None
    return [kit.select("shift", t("On which shift?"), options, chosen=chosen, optional=True)]


def _one_of(name: str, label: str, labels: Mapping[str, str], said: str | None) -> Block:
    options = [kit.option(shown, value) for value, shown in labels.items()]
    chosen = next((option for option in options if option.value == said), None)
    return kit.select(name, label, options, chosen=chosen, optional=True)
