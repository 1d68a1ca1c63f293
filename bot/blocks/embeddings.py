"""How an embedding looks: the form that schedules one, and what people are told of it."""

from collections.abc import Sequence

from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from bot import ids
from bot.blocks import kit
from bot.blocks.kit import Written
from bot.texts import Texts
from bot.texts.glossary import EMBEDDING_STATUSES
from store.embeddings import EmbeddingCard
from store.scheduling import Proposed, Schedulable

LISTED = 40
"""As many as fit one message with room to spare."""


def schedule_form(choices: Schedulable, t: Texts) -> View:
    """The modal that schedules an embedding."""
    teams = [kit.option(name, key) for key, name in choices.teams]
    tools = [kit.option(name, key) for key, name in choices.tools]
    return kit.modal(
        t,
        t("Schedule an embedding"),
        [
            kit.select("team", t("Team"), teams, chosen=teams[0] if len(teams) == 1 else None),
            kit.multi_select("tools", t("Tools"), tools),
            kit.people_input("data_scientists", t("Data scientists")),
            kit.person_input("sponsor_operations", t("Sponsor, operations")),
            kit.person_input("sponsor_data", t("Sponsor, data")),
            kit.day_input("first_day", t("First day")),
            kit.day_input("last_day", t("Last day")),
            kit.text_input("exit_criteria", t("What must be true at the end?")),
            kit.small(t.md("The lead and both sponsors are asked to agree. Nothing starts before they have.")),
        ],
        callback=ids.SCHEDULE,
        submit=t("Propose it"),
    )


def proposed(result: Proposed, t: Texts) -> Written:
    """The answer to whoever proposed it."""
    if not result.asked:
        return _line(t.md("*{reference}* is proposed.", reference=result.reference))
    return _line(
        t.many_md(
            "*{reference}* is proposed. {names} is asked to agree; you hear as soon as that is done.",
            "*{reference}* is proposed. {names} are asked to agree; you hear as soon as they have.",
            len(result.asked),
            reference=result.reference,
            names=t.listed(result.asked),
        )
    )


def asked_to_agree(card: EmbeddingCard, t: Texts) -> Written:
    """The question to the lead and the sponsors."""
    text = t.md(
        "{proposer} proposes an embedding, {reference}. Is it all right with you?",
        proposer=card.proposed_by,
        reference=card.reference,
    )
    return Written(
        text,
        [
            kit.section(f"*{text}*"),
            kit.section(_plan(card, t)),
            *_criteria(card, t),
            kit.buttons(
                kit.button(t("I agree"), ids.AGREE, card.id, style="primary"),
                kit.button(t("Not like this"), ids.DECLINE, card.id),
            ),
        ],
    )


def asked_and_answered(card: EmbeddingCard, agreed: bool | None, t: Texts) -> Written:
    """The same message once it is answered, or once there is nothing to answer any more (None)."""
    if agreed is None:
        sentence = t.md("{reference} is off. Nothing for you to do.", reference=card.reference)
    elif agreed:
        sentence = t.md("You agreed to {reference}. Thank you.", reference=card.reference)
    else:
        sentence = t.md(
            "You said no to {reference}. {proposer} is told; say why when you meet.",
            reference=card.reference,
            proposer=card.proposed_by,
        )
    return Written(sentence, [kit.section(sentence), kit.small(_plan(card, t)), *_criteria(card, t)])


def planned(card: EmbeddingCard, t: Texts) -> Written:
    """To the data scientists and whoever proposed it."""
    return _line(
        t.many_md(
            "{reference} is agreed: {names} works with {team} from {first} to {last}. Nothing to do until then.",
            "{reference} is agreed: {names} work with {team} from {first} to {last}. Nothing to do until then.",
            len(card.data_scientists),
            reference=card.reference,
            names=t.listed(card.data_scientists),
            team=card.team,
            first=t.day(card.first_day),
            last=t.day(card.last_day),
        )
    )


def declined(card: EmbeddingCard, t: Texts) -> Written:
    """To whoever proposed it and whoever had agreed."""
    if not card.declined:
        return _line(
            t.md(
                "Not everybody agreed to {reference} before its first day, so it is off. "
                "`/embedding` proposes another one.",
                reference=card.reference,
            )
        )
    return _line(
        t.md(
            "{names} did not agree to {reference}, so it is off. Talk it over; `/embedding` proposes another one.",
            names=t.listed(card.declined),
            reference=card.reference,
        )
    )


def begun(card: EmbeddingCard, t: Texts) -> Written:
    """To the team's channel on the first day."""
    text = t.many_md(
        "{names} works with us from today until {last}, on {tools}.",
        "{names} work with us from today until {last}, on {tools}.",
        len(card.data_scientists),
        names=t.listed(card.data_scientists),
        last=t.day(card.last_day),
        tools=t.listed(card.tools),
    )
    return Written(
        text,
        [
            kit.section(f"*{text}*"),
            kit.section(
                t.md(
                    "When a tool does something odd, type `/model-feedback` and what it did. "
                    "Every now and then you get one question near the end of your shift. One tap does it."
                )
            ),
        ],
    )


def listed(cards: Sequence[EmbeddingCard], t: Texts) -> Written:
    """The answer to `/embedding list`."""
    if not cards:
        return _line(t.md("There is no embedding yet. Type `/embedding` to propose one."))
    lines: list[Block] = [
        kit.section(
            t.md(
                "*{reference}* {team}, {first} to {last}: {status}",
                reference=card.reference,
                team=card.team,
                first=t.day(card.first_day),
                last=t.day(card.last_day),
                status=t(EMBEDDING_STATUSES[card.status]),
            )
        )
        for card in cards[:LISTED]
    ]
    if len(cards) > LISTED:
        lines.append(kit.small(t.md("The newest {count} are shown.", count=LISTED)))
    return Written(t("Embeddings"), [kit.heading(t("Embeddings")), *lines])


def _plan(card: EmbeddingCard, t: Texts) -> str:
    return t.md(
        "{names} would work with {team} on {tools}, from {first} to {last}.",
        names=t.listed(card.data_scientists),
        team=card.team,
        tools=t.listed(card.tools),
        first=t.day(card.first_day),
        last=t.day(card.last_day),
    )


def _criteria(card: EmbeddingCard, t: Texts) -> list[Block]:
    rest = t.md("Cut here. The review packet has all of it.")
    return [kit.small(t.md("What must be true at the end?")), *kit.words(card.exit_criteria, rest)]


def _line(markdown: str) -> Written:
    return Written(markdown, [kit.section(markdown)])
