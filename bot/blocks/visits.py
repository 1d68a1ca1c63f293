"""How a visit looks to the two who are asked: come and show me."""

from zoneinfo import ZoneInfo

from slack_sdk.models.blocks import Block

from bot import ids
from bot.blocks import kit
from bot.blocks.kit import Written
from bot.texts import Markdown, Texts
from store.visits import VisitCard, VisitStatus


def proposed(card: VisitCard, t: Texts) -> Written:
    """To the two, with the time at which both are on site."""
    text = _why(card, t)
    blocks: list[Block] = [kit.section(text), kit.section(f"*{_when(card, t)}*")]
    if card.agreed:
        blocks.append(kit.small(t.md("You said yes. {name} is asked too.", name=card.with_whom)))
    value = f"{card.id}/{card.turn}"
    buttons = [] if card.agreed else [kit.button(t("That works"), ids.VISIT_YES, value, style="primary")]
    buttons += [
        kit.button(t("Another time"), ids.VISIT_OTHER, value),
        kit.button(t("Rather not"), ids.VISIT_NO, card.id),
    ]
    return Written(text, [*blocks, kit.buttons(*buttons)])


def shown(card: VisitCard, t: Texts) -> Written:
    """The same message as things stand."""
    if card.status is VisitStatus.PROPOSED:
        return proposed(card, t)
    if card.status is VisitStatus.BOOKED:
        off = kit.buttons(kit.button(t("Call it off"), ids.VISIT_NO, card.id))
        return Written(_booked(card, t), [kit.section(_booked(card, t)), off])
    if card.status is VisitStatus.NO_TIME:
        return _line(t.md("No time is left before the embedding ends at which you are both on site."))
    return _line(t.md("You do not meet about {report}. That is all right.", report=card.report))


def booked(card: VisitCard, t: Texts) -> Written:
    """To the one who had said yes first; or to whoever had agreed, that it is called off."""
    if card.status is VisitStatus.CALLED_OFF:
        return _line(
            t.md(
                "{name} called off your meeting about {report} on {moment}.",
                name=card.with_whom,
                report=card.report,
                moment=_moment(card, t),
            )
        )
    return _line(_booked(card, t))


def _why(card: VisitCard, t: Texts) -> Markdown:
    if card.is_reporter:
        return t.md(
            "Two changes of {tool} did not help with your {report}. Would you show {name} what you see?",
            tool=card.tool,
            report=card.report,
            name=card.with_whom,
        )
    return t.md(
        "Two changes of {tool} did not help with {report}. {name} is asked to show you what they see.",
        tool=card.tool,
        report=card.report,
        name=card.with_whom,
    )


def _when(card: VisitCard, t: Texts) -> Markdown:
    return t.md(
        "{moment}, at {site}. You are both there then. Does that suit you?", moment=_moment(card, t), site=card.site
    )


def _moment(card: VisitCard, t: Texts) -> Markdown:
    local = card.starts_at.astimezone(ZoneInfo(card.zone))
    return t.md("{day}, {time}", day=t.day(local.date()), time=t.clock(local.time()))


def _booked(card: VisitCard, t: Texts) -> Markdown:
    return t.md(
        "You meet {name} on {moment}, at {site}, about {report}.",
        name=card.with_whom,
        moment=_moment(card, t),
        site=card.site,
        report=card.report,
    )


def _line(text: str) -> Written:
    return Written(text, [kit.section(text)])
