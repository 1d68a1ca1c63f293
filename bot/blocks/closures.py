"""How shutdowns look: those that are coming, the form that notes one, and the answer."""

from slack_sdk.models.blocks import Block, ButtonElement
from slack_sdk.models.views import View

from bot import ids
from bot.blocks import kit
from bot.blocks.kit import Written
from bot.texts import Texts
from store.closures import Closable, Closed, ComingShutdown, Lifted, Shutdowns
from store.not_now import Days


def listed(found: Shutdowns, t: Texts) -> Written:
    """The shutdowns that are coming, each with the button that lifts it, and the one that notes another."""
    title = t("Shutdowns to come")
    blocks: list[Block] = [kit.heading(title)]
    if found.lifted:
        blocks.append(kit.section(_lifted(found.lifted, t)))
    if not found.coming:
        blocks.append(kit.section(t.md("None. People are asked after their shifts as planned.")))
    blocks += [kit.section(_line(one, t), _lift(one, t)) for one in found.coming]
    if found.count > len(found.coming):
        blocks.append(kit.small(t.md("The next {count} are shown.", count=len(found.coming))))
    blocks.append(kit.buttons(kit.button(t("Note a shutdown"), ids.SHUTDOWN_FORM)))
    return Written(_lifted(found.lifted, t) if found.lifted else title, blocks)


def _line(one: ComingShutdown, t: Texts) -> str:
    text = t.md("*{team}* {days}: {reason}", team=one.team, days=_days(one.days, t), reason=one.reason)
    if one.by_file:
        return "\n".join([text, t.md("This one stands in the site file.")])
    return text


def _lift(one: ComingShutdown, t: Texts) -> ButtonElement | None:
    if one.by_file:
        return None
    confirm = kit.confirm(
        t("Lift this shutdown?"),
        t("{team} is asked again after shifts from {days}.", team=kit.line(one.team, 150), days=_days(one.days, t)),
        t("Lift it"),
        t("Leave it"),
    )
    return kit.button(t("Lift it"), ids.each(ids.LIFT_SHUTDOWN, one.id), one.id, confirm=confirm)


def _lifted(lifted: Lifted, t: Texts) -> str:
    days = _days(lifted.days, t)
    if lifted.overlapped:
        return t.md(
            "Lifted: {team}, {days}. Another shutdown still holds on some of these days.", team=lifted.team, days=days
        )
    return t.md("Lifted: {team} is asked again on {days}.", team=lifted.team, days=days)


def _days(days: Days, t: Texts) -> str:
    if days.first == days.last:
        return t.day(days.first)
    return t("{first} to {last}", first=t.day(days.first), last=t.day(days.last))


def shutdown_form(choices: Closable, t: Texts) -> View:
    """The modal that notes a shutdown."""
    teams = [kit.option(name, key) for key, name in choices.teams]
    return kit.modal(
        t,
        t("Note a shutdown"),
        [
            kit.select("team", t("Team"), teams, chosen=teams[0] if len(teams) == 1 else None),
            kit.day_input("first_day", t("First day")),
            kit.day_input("last_day", t("Last day")),
            kit.text_input("reason", t("Why?"), lines=False),
            kit.small(t.md("Nobody in the team gets a question about a shift that begins on these days.")),
        ],
        callback=ids.SHUT_DOWN,
        submit=t("Note it"),
    )


def shut_down(closed: Closed, t: Texts) -> Written:
    """The answer to whoever noted it."""
    text = t.md(
        "Noted: nobody in {team} is asked about shifts from {first} to {last}.",
        team=closed.team,
        first=t.day(closed.first_day),
        last=t.day(closed.last_day),
    )
    return Written(text, [kit.section(text)])
