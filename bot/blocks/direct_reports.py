"""What the app asks back when somebody tells it something in their direct messages, and what became of that."""

from slack_sdk.models.blocks import Block

from bot import ids
from bot.blocks import feedback, kit
from bot.blocks.kit import Written
from bot.texts import Texts
from bot.texts.glossary import KINDS, PICTOGRAMS
from store.direct_reports import Question
from store.feedback import Kind


def asked_back(found: Question, t: Texts) -> Written:
    """Of which kind it is: one tap files it, and so does the time that it says."""
    text = t.md("Shall I file this as a report? Tap what it was.")
    kinds = [
        kit.button(
            f"{PICTOGRAMS[kind]} {t(KINDS[kind])}",
            ids.each(ids.FILE_SAID, kind),
            f"{found.id}/{kind}",
            style="primary" if kind is found.likely and kind is not Kind.OTHER else None,
        )
        for kind in found.kinds
    ]
    blocks: list[Block] = [
        kit.section(text),
        kit.section(kit.quote(found.text)),
        kit.buttons(*kinds),
        kit.buttons(kit.button(t("It's not a report"), ids.NO_REPORT, found.id)),
        kit.small(
            t.md(
                "If you tap nothing, I file it at {moment} as “{kind}”. What you write meanwhile is added to it.",
                moment=t.moment(found.files_at, found.zone),
                kind=t(KINDS[found.likely]),
            )
        ),
    ]
    return Written(text, blocks)


def ended(found: Question, t: Texts) -> Written:
    """The same message once it is filed, or is none."""
    if found.filed is not None:
        return feedback.filed(found.filed, t)
    if found.text:
        text = t.md(
            "I could not file this for you: you are on the list of no tool any more. Your lead can put you back."
        )
        return Written(text, [kit.section(text), kit.section(kit.quote(found.text))])
    text = t.md("All right, that was no report. I have not kept it.")
    return Written(text, [kit.small(text)])
