"""How the app's home looks: what waits for this person first, then how things stand."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from slack_sdk.models.blocks import Block, ButtonElement
from slack_sdk.models.views import View

from bot import ids
from bot.blocks import (
    embeddings,
    feedback,
    kit,
    note_lists,
    preferences,
    prompts,
    restrictions,
    reviews,
    unsafe,
    verdicts,
)
from bot.texts import Markdown, Texts
from bot.texts.glossary import EMBEDDING_STATUSES, FEEDBACK_STATUSES, KINDS
from bot.texts.happened import happened_md
from store.embeddings import EmbeddingStatus
from store.errors import N_
from store.feedback import FeedbackCard, Impact
from store.home import Broke, EmbeddingLine, Home, Own, ToDo
from store.meanings import Meaning
from store.not_now import Days
from store.own_reports import OwnReport
from store.troubles import Undelivered
from store.user_groups import GroupTrouble

LIMIT = 100
"""Blocks in a home: https://docs.slack.dev/reference/block-kit/blocks"""
IN_FULL = 3
"""Of each kind of thing that is asked of somebody, shown with its buttons; the others are counted."""
IN_A_LINE = 5
NAMES = 300
"""Signs of a list of names."""

Thing = TypeVar("Thing")


def home(found: Home, t: Texts) -> View:
    """The home of somebody we know."""
    to_do = [*_asked(found, t), *_to_mend(found, t)]
    blocks: list[Block] = [*_standing(found, t), *(unsafe.way_in(t) if found.can_report else [])]
    blocks.append(kit.heading(t("Waiting for you")))
    blocks += to_do or [kit.section(t.md("Nothing. Good shift!"))]
    blocks += [
        *_embeddings(found, t),
        *_open_reports(found, t),
        *_on_their_way(found, t),
        *_own(found, t),
        *_buttons(found, t),
    ]
    if found.own:
        blocks += _settings(found.own, t)
    if found.represents:
        blocks += _kept(t)
    return View(type="home", blocks=blocks[:LIMIT])


def refused(sentence: str) -> View:
    """The home of somebody who cannot be shown one."""
    return View(type="home", blocks=[kit.section(sentence)])


def _standing(found: Home, t: Texts) -> list[Block]:
    """What their tools are not to be relied on for, above everything."""
    if found.can_restrict:
        return restrictions.with_buttons(found.restrictions, t)
    return restrictions.banner(found.restrictions, t)


def _asked(found: Home, t: Texts) -> list[Block]:
    """What is asked of them now, what is unsafe at the very top."""
    to_do = found.to_do
    shown = len(to_do.unsafe[:IN_FULL]) + len(to_do.unread[:IN_FULL])
    return [
        *_in_full(to_do.calls, lambda card: unsafe.entry(card, t), t),
        *_in_full(to_do.unsafe, lambda report: feedback.inbox_entry(report, t, found.zone), t),
        *_in_full(to_do.prompts, lambda prompt: prompts.asked(prompt, t).blocks, t),
        *_in_full(to_do.changes, lambda change: verdicts.asked(change, t).blocks, t),
        *_in_full(to_do.approvals, lambda asked: note_lists.approval_asked(asked, found.zone, t).blocks, t),
        *_in_full(to_do.to_agree, lambda card: embeddings.asked_to_agree(card, t).blocks, t),
        *_in_full(to_do.to_sign, lambda review: reviews.opened(review, t).blocks, t),
        *(block for report in to_do.unread[:IN_FULL] for block in feedback.inbox_entry(report, t, found.zone)),
        *_more(to_do.unread_count - shown, N_("And {count} more: `/change-note inbox`"), t),
        *(block for note in to_do.notes[:IN_FULL] for block in note_lists.to_go_on(note, found.zone, t)),
        *_more(to_do.notes_count - len(to_do.notes[:IN_FULL]), N_("And {count} more: `/change-note list`"), t),
    ]


def _in_full(things: Sequence[Thing], show: Callable[[Thing], Sequence[Block]], t: Texts) -> list[Block]:
    blocks = [block for thing in things[:IN_FULL] for block in show(thing)]
    if len(things) > IN_FULL:
        left = len(things) - IN_FULL
        blocks.append(
            kit.small(
                t.many_md(
                    "And {count} more like this; it shows as you answer these.",
                    "And {count} more like this; they show as you answer these.",
                    left,
                )
            )
        )
    return blocks


def _more(count: int, sentence: str, t: Texts) -> list[Block]:
    return [kit.small(t.md(sentence, count=count))] if count > 0 else []


def _to_mend(found: Home, t: Texts) -> list[Block]:
    to_do = found.to_do
    blocks: list[Block] = [
        block for one in to_do.unanswered[:IN_A_LINE] for block in unsafe.unanswered(one, t, found.zone)
    ]
    blocks += [
        kit.section(
            t.md(
                "I could not post in the channel of {team}. Invite me there: type `/invite @Alongside` in it.",
                team=team,
            )
        )
        for team in to_do.not_in_channel[:IN_A_LINE]
    ]
    blocks += [kit.section(_user_group(one, t)) for one in to_do.user_groups[:IN_A_LINE]]
    blocks += _undelivered(to_do, t, found.zone)
    if to_do.broke:
        head = t.many_md(
            "*{count} error in the last week.* On the server, `alongside errors` and its id say where it came from.",
            "*{count} errors in the last week.* On the server, `alongside errors` and an id say where it came from.",
            to_do.broke_count,
        )
        blocks.append(_lines(head, [_broke(one, t, found.zone) for one in to_do.broke[:IN_A_LINE]]))
    return blocks


def _user_group(one: GroupTrouble, t: Texts) -> str:
    lines = [t.md("*Crew {crew} of {team} follows a user group.*", crew=one.crew, team=one.team)]
    if one.problem:
        lines.append(t.md("It stays as it was: {reason}.", reason=t.translated(one.problem)))
    if one.strangers:
        ids = ", ".join(one.strangers[:IN_A_LINE])
        lines.append(
            t.many_md(
                "{count} person of the group is not on the site's list: {ids}. Add them to the site file.",
                "{count} people of the group are not on the site's list: {ids}. Add them to the site file.",
                len(one.strangers),
                ids=ids if len(one.strangers) <= IN_A_LINE else f"{ids}, …",
            )
        )
    if one.elsewhere:
        lines.append(
            t.md(
                "In another crew of the team, where they stay: {names}. Take them out of that crew or of the group.",
                names=kit.line(", ".join(one.elsewhere), NAMES),
            )
        )
    return "\n".join(lines)


def _lines(head: str, lines: Sequence[str]) -> Block:
    return kit.section("\n".join([head, *lines]))


def _undelivered(to_do: ToDo, t: Texts, zone: str) -> list[Block]:
    if not to_do.undelivered:
        return []
    head = t.many_md(
        "*{count} message of the last week may not have arrived.*",
        "*{count} messages of the last week may not have arrived.*",
        to_do.undelivered_count,
    )
    left = to_do.undelivered_count - sum(one.count for one in to_do.undelivered)
    return [
        kit.section(head),
        *(kit.section(_not_there(one, t, zone), _again(one, t)) for one in to_do.undelivered),
        *_more(left, N_("And {count} more: `alongside deliveries --state failed,unknown` on the server"), t),
    ]


def _not_there(one: Undelivered, t: Texts, zone: str) -> str:
    whom = t.md("the channel of {team}", team=one.whom) if one.in_channel else one.whom
    moment = t.moment(one.at, zone)
    if one.unknown:
        return t.many_md(
            "{count} message to {whom}, {moment}: nobody knows whether it arrived. Look before you send it again.",
            "{count} messages to {whom}, the last {moment}: nobody knows whether they arrived. "
            "Look before you send them again.",
            one.count,
            whom=whom,
            moment=moment,
        )
    head = t.many_md(
        "{count} message to {whom}, {moment}, did not go out.",
        "{count} messages to {whom}, the last {moment}, did not go out.",
        one.count,
        whom=whom,
        moment=moment,
    )
    return f"{head} {_advice(one, t)}"


def _advice(one: Undelivered, t: Texts) -> str:
    if one.meaning is Meaning.NOT_INVITED:
        return t.md("I am not in there: type `/invite @Alongside` in it.")
    return t.md("The reason: {reason}.", reason=one.reason)


def _again(one: Undelivered, t: Texts) -> ButtonElement | None:
    if one.retry_id is None:
        return None
    said = t("Not there: send again") if one.unknown else t("Try again")
    return kit.button(said, ids.TRY_AGAIN, one.retry_id)


def _broke(one: Broke, t: Texts, zone: str) -> str:
    return t.md("`{id}` {moment}, `{during}`", id=one.id, moment=t.moment(one.at, zone), during=one.during)


def _embeddings(found: Home, t: Texts) -> list[Block]:
    standing = found.standing
    blocks: list[Block] = [kit.heading(t("Embeddings"))]
    if not standing.embeddings:
        return [*blocks, kit.section(_no_embedding(found, t))]
    blocks += [kit.section(_embedding(line, t)) for line in standing.embeddings[:IN_A_LINE]]
    blocks += _more(
        standing.embeddings_count - len(standing.embeddings[:IN_A_LINE]), N_("And {count} more: `/embedding list`"), t
    )
    if found.signs and not found.to_do.to_sign:
        blocks.append(kit.small(t.md("Nothing to sign yet. On the last day you are asked here and by message.")))
    return blocks


def _no_embedding(found: Home, t: Texts) -> str:
    if found.can_schedule:
        return t.md("No embedding is planned or under way. *Schedule an embedding* proposes one.")
    if found.works_in_a_team:
        return t.md("Nobody is embedded with your team right now. What you report waits for whoever comes.")
    if found.look_after:
        return t.md("You take part in no embedding right now. {name} schedules them.", name=found.look_after[0])
    return t.md("You take part in no embedding right now.")


def _embedding(line: EmbeddingLine, t: Texts) -> str:
    card = line.card
    head = t.md(
        "*{reference}* {names} with {team}: {status}.",
        reference=card.reference,
        names=t.listed(card.data_scientists),
        team=card.team,
        status=t(EMBEDDING_STATUSES[card.status]),
    )
    return f"{head} {_day(line, t)}"


def _day(line: EmbeddingLine, t: Texts) -> str:
    card = line.card
    days = (card.last_day - card.first_day).days + 1
    day = (line.today - card.first_day).days + 1
    if card.status is EmbeddingStatus.PROPOSED and card.still_asked:
        return t.many_md(
            "{names} has still to agree.",
            "{names} have still to agree.",
            len(card.still_asked),
            names=t.listed(card.still_asked),
        )
    if card.status in (EmbeddingStatus.PROPOSED, EmbeddingStatus.PLANNED):
        return t.md("It begins on {first}.", first=t.day(card.first_day))
    if card.status is EmbeddingStatus.IN_REVIEW:
        return t.md("Its last day was {last}; the sponsors sign.", last=t.day(card.last_day))
    return t.md(
        "Day {day} of {days}; the last is {last}.", day=min(max(day, 1), days), days=days, last=t.day(card.last_day)
    )


def _open_reports(found: Home, t: Texts) -> list[Block]:
    if not found.can_note:
        return []
    reports = found.standing.reports
    blocks: list[Block] = [kit.heading(t("Open reports"))]
    if reports:
        blocks.append(kit.section("\n".join(_report(report, t) for report in reports[:IN_A_LINE])))
    elif found.to_do.unread_count:
        blocks.append(kit.section(t.md("You have read none of the reports above yet.")))
    else:
        blocks.append(kit.section(t.md("None. What people report comes to you here and as a message.")))
    return [
        *blocks,
        *_more(
            found.standing.reports_count - len(reports[:IN_A_LINE]), N_("And {count} more: `/change-note inbox`"), t
        ),
    ]


def _on_their_way(found: Home, t: Texts) -> list[Block]:
    """Their change notes that wait for somebody else or for their time."""
    notes = found.standing.notes[:IN_A_LINE]
    if not notes:
        return []
    return [
        kit.heading(t("Change notes on their way")),
        *note_lists.on_their_way(notes, found.zone, t),
        *_more(found.standing.notes_count - len(notes), N_("And {count} more: `/change-note list`"), t),
    ]


def _report(report: FeedbackCard, t: Texts) -> str:
    line = t.md(
        "*{reference}* {text} _{status}_",
        reference=report.reference,
        text=kit.line(report.text, 100) or f"{report.tool}, {t(KINDS[report.kind])}",
        status=t(FEEDBACK_STATUSES[report.status]),
    )
    return f"⚠️ {line}" if report.impact is Impact.UNSAFE else line


def _own(found: Home, t: Texts) -> list[Block]:
    standing = found.standing
    if not found.can_report:
        return _no_tool(found, t) if found.works_in_a_team or found.leads else []
    blocks: list[Block] = [kit.heading(t("Your reports"))]
    if not standing.own:
        return [*blocks, kit.section(t.md("None yet. When a tool does something odd, say so: it takes ten seconds."))]
    blocks += [
        kit.section(
            _own_report(report, found.zone, t),
            kit.button(t("Open"), ids.each(ids.LOOK_AT_REPORT, report.id), report.id),
        )
        for report in standing.own[:IN_A_LINE]
    ]
    return [
        *blocks,
        *_more(standing.own_count - len(standing.own[:IN_A_LINE]), N_("And {count} more: `/model-feedback list`"), t),
    ]


def _own_report(report: OwnReport, zone: str, t: Texts) -> str:
    line = t.md(
        "*{reference}* {text} _{status}_",
        reference=report.reference,
        text=kit.line(report.text, 200) or f"{report.tool}, {t(KINDS[report.kind])}",
        status=t(FEEDBACK_STATUSES[report.status]),
    )
    if report.unsafe:
        line = Markdown(f"⚠️ {line}")
    latest = happened_md(report.latest, zone, t) if report.latest else None
    return f"{line}\n{latest}" if latest else line


def _no_tool(found: Home, t: Texts) -> list[Block]:
    if found.leads or not found.look_after:
        return [
            kit.section(t.md("No tool is on the list for your team yet. Whoever keeps the site file can add it there."))
        ]
    name = found.look_after[0]
    return [kit.section(t.md("No tool is on the list for your team yet. Ask {name} to have it added.", name=name))]


def _buttons(found: Home, t: Texts) -> list[Block]:
    buttons: list[ButtonElement] = []
    if found.can_report:
        buttons.append(kit.button(t("Report behaviour"), ids.REPORT, style="primary"))
    if found.can_note:
        buttons.append(kit.button(t("See the reports"), ids.INBOX))
        buttons.append(kit.button(t("Note a change"), ids.NOTE))
    if found.can_schedule:
        buttons.append(kit.button(t("Schedule an embedding"), ids.PROPOSE))
    return [
        *([kit.buttons(*buttons)] if buttons else []),
        *(restrictions.way_in(t) if found.can_restrict else []),
    ]


def _settings(own: Own, t: Texts) -> list[Block]:
    """What somebody has set for themselves, with the buttons that change it, and who sees what."""
    lines = [
        t.md("Language: {language}, as Slack has it.", language=t.language),
        preferences.kept(own.kept, t).text,
        *(_away(days, t) for days in own.away),
    ]
    buttons = [kit.button(t("I'll be away"), ids.AWAY), kit.button(t("Change settings"), ids.SETTINGS)]
    if own.away:
        buttons.insert(1, kit.button(t("I'm back"), ids.BACK))
    return [
        kit.heading(t("Your settings")),
        kit.section("\n".join(lines)),
        *(
            block
            for plan_id, reference in own.muted[:IN_A_LINE]
            for block in preferences.is_muted(plan_id, reference, t)
        ),
        kit.buttons(*buttons),
        kit.small(
            t.md(
                "Only you see these settings. Your reports and their words go to the people embedded with your team; "
                "your answers are only counted together with those of others."
            )
        ),
    ]


def _away(days: Days, t: Texts) -> str:
    if days.first == days.last:
        return t.md("Away on {day}.", day=t.day(days.first))
    return t.md("Away from {first} to {last}.", first=t.day(days.first), last=t.day(days.last))


def _kept(t: Texts) -> list[Block]:
    return [
        kit.heading(t("What is kept, and who sees it")),
        kit.section(
            t.md(
                "Reports with names and words: only the people embedded with the team see them. Everybody else sees "
                "what the tool did. Figures about people need enough people behind them; nobody is counted or ranked."
            )
        ),
    ]
