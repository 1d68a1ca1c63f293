"""What people add to their answers in their own words: in a form, or as a reply in the message's thread."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from store import deliveries, embeddings, history, people, prompts, reporting, unsafe
from store.deliveries import Delivery, Message
from store.deliveries import Kind as MessageKind
from store.errors import Refused
from store.feedback import KINDS_OFFERED, Filed, Kind, Report
from store.people import Caller, Person
from store.policy import Policy
from store.prompts import Detail, Prompt
from store.questions import Helped, QuestionKind, Rating
from store.reporting import Reportable
from store.tools import ToolType

PLEASED = frozenset({Helped.HELPED.value})
HINDERED = frozenset({Helped.IN_THE_WAY.value})
HIGH, LOW = frozenset({Rating.FOUR.value, Rating.FIVE.value}), frozenset({Rating.ONE.value, Rating.TWO.value})


@dataclass(frozen=True, slots=True)
class Noted:
    """A detail was kept with a prompt."""

    prompt_id: int


def add_detail(session: Session, prompt_id: int, text: str, *, by: Caller, at: datetime) -> Noted:
    """Keep what somebody adds to their answers.

    Raises:
        Refused: The prompt is somebody else's, it has closed, or nothing was said.
    """
    person = people.known(session, by)
    prompt = prompts.answerable(session, prompt_id, person, at=at)
    if not text.strip():
        raise Refused("Say in a few words what happened.", field="text")
    _keep(session, prompt, person, text, [], at)
    return Noted(prompt.key)


@dataclass(frozen=True, slots=True)
class Reply:
    """What somebody said in the thread of a message of ours, as Slack names the place."""

    channel: str
    thread_ts: str
    text: str
    photos: tuple[str, ...] = ()
    """Slack's links to the photos in it."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What became of a reply; no prompt where it was not said in the thread of one."""

    prompt_id: int | None
    photos_left_out: bool = False
    question_id: int | None = None
    """The question about a report that it answered, if it did."""


def hear_reply(session: Session, reply: Reply, *, policy: Policy, by: Caller, at: datetime) -> Heard:
    """Keep a reply in the thread of a prompt as a detail; of a photo only its link, and where a site allows that.

    Whoever replies too late, or sends a photo where none are kept, is told so.

    Raises:
        Refused: The prompt was somebody else's.
    """
    person = people.known(session, by)
    prompt_id = _prompt_at(session, person, reply)
    if prompt_id is None:
        return Heard(None)
    prompt = prompts.by_id(session, prompt_id)
    try:
        prompt = prompts.answerable(session, prompt_id, person, at=at)
    except Refused:
        if prompt.person_id != person.id:
            raise
        _tell(session, person, prompt, "closed", reply, at)
        return Heard(prompt_id)
    links = reply.photos if policy.photos_allowed else ()
    left_out = len(links) < len(reply.photos)
    if reply.text.strip() or links:
        _keep(session, prompt, person, reply.text, links, at)
    if left_out:
        _tell(session, person, prompt, "photo", reply, at)
    return Heard(prompt_id, left_out)


def _prompt_at(session: Session, person: Person, reply: Reply) -> int | None:
    return session.exec(
        select(Delivery.subject_id)
        .join(Message, col(Message.delivery_id) == col(Delivery.id))
        .where(
            Delivery.workspace_id == person.workspace_id,
            Delivery.kind == MessageKind.PROMPT,
            Message.channel == reply.channel,
            Message.ts == reply.thread_ts,
        )
    ).first()


def _keep(session: Session, prompt: Prompt, person: Person, text: str, links: Sequence[str], at: datetime) -> None:
    first, *others = links or (None,)
    session.add(Detail(prompt_id=prompt.key, text=text.strip(), link=first, said_at=at))
    for link in others:
        session.add(Detail(prompt_id=prompt.key, text="", link=link, said_at=at))
    history.record(
        session,
        person.workspace_id,
        "detail_added",
        "prompt",
        prompt.key,
        at=at,
        actor_id=person.id,
        data={"photos": len(links)},
    )
    prompts.rewrite(session, prompt, MessageKind.PROMPT_ANSWERED, at)


def _tell(session: Session, person: Person, prompt: Prompt, why: str, reply: Reply, at: datetime) -> None:
    deliveries.queue(
        session,
        person.workspace_id,
        MessageKind.REPLY_NOT_KEPT,
        f"prompt:{prompt.key}:not_kept:{why}:{at.isoformat()}",
        "prompt",
        prompt.key,
        at=at,
        person_id=person.id,
        data={"why": why, "words_kept": why == "photo" and bool(reply.text.strip())},
    )


def own_prompt(session: Session, prompt_id: int, *, by: Caller) -> int:
    """The id of somebody's own prompt.

    Raises:
        Refused: It is somebody else's.
    """
    return _own(session, prompt_id, people.known(session, by)).key


def _own(session: Session, prompt_id: int, person: Person) -> Prompt:
    prompt = session.get(Prompt, prompt_id)
    if prompt is None or prompt.person_id != person.id:
        raise Refused(prompts.NOT_YOURS)
    return prompt


def file_report(session: Session, report: Report, prompt_id: int | None, *, by: Caller, at: datetime) -> Filed:
    """Keep a report from the form; where it was made of somebody's answers, their message says so.

    About something unsafe people are called.

    Raises:
        Refused: The prompt is somebody else's, and whatever `feedback.file_feedback` refuses.
    """
    if prompt_id is None:
        return unsafe.file_report(session, report, by=by, at=at)
    prompt = _own(session, prompt_id, people.known(session, by))
    filed = unsafe.file_report(session, report, prompt.key, by=by, at=at)
    prompts.rewrite(session, prompt, MessageKind.PROMPT_ANSWERED, at)
    return filed


@dataclass(frozen=True, slots=True)
class ToReport:
    """What an answer becomes when its person makes a report of it."""

    prompt_id: int
    choices: Reportable
    text: str
    """What they had added."""
    kind: Kind | None
    """What their answers are likeliest about; None where they say nothing of that."""


def to_report(session: Session, prompt_id: int, *, by: Caller, at: datetime) -> ToReport:
    """The report that somebody's answers would make.

    Raises:
        Refused: The prompt is somebody else's, or they have no tool to report on.
    """
    prompt = _own(session, prompt_id, people.known(session, by))
    asked_about = {tool.key: tool for tool in embeddings.tools_of(session, prompt.embedding_id)}
    own = reporting.reportable(session, by=by, at=at).tools
    asked_first = next((key for key, _ in own if key in asked_about), None)
    found = reporting.reportable(session, asked_first, by=by, at=at)
    details = prompts.details_of(session, prompt.key)
    words = [part for detail in details for part in (detail.text, detail.link) if part]
    kind = _likeliest(prompts.card(session, prompt.key), [tool.type for tool in asked_about.values()])
    return ToReport(prompt.key, found, "\n".join(words), kind)


def _likeliest(card: prompts.PromptCard, types: list[ToolType]) -> Kind | None:
    for one in card.asked:
        low, high = (LOW, HIGH) if one.question.kind is QuestionKind.RATING else (HINDERED, PLEASED)
        if one.said in high:
            return Kind.GOOD_CATCH
        if one.said in low and types:
            return KINDS_OFFERED[types[0]][0]
    return None
