"""What people add to their answers in their own words: in a form, or as a reply in the message's thread.

Once an answer was made into a report, what is added goes to whoever has that report. When what somebody says at the end
of a shift is about something unsafe it is a report at once, even if their question has closed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from store import deliveries, embeddings, history, people, prompts, report_edits, reporting, unsafe
from store import feedback as reports
from store.deliveries import Kind as MessageKind
from store.errors import Refused, RunAgain
from store.feedback import KINDS_OFFERED, OPEN, Feedback, Filed, Impact, Kind, Raised, Report
from store.people import Caller, Person
from store.prompts import Detail, Prompt
from store.questions import Helped, QuestionKind, Rating
from store.reporting import Reportable
from store.tools import ToolType

PLEASED = frozenset({Helped.HELPED.value})
HINDERED = frozenset({Helped.IN_THE_WAY.value})
HIGH, LOW = frozenset({Rating.FOUR.value, Rating.FIVE.value}), frozenset({Rating.ONE.value, Rating.TWO.value})


@dataclass(frozen=True, slots=True)
class Noted:
    """Something was kept with a prompt."""

    prompt_id: int
    unsafe: Raised | None = None
    """When people are called about it, now or before."""


def add_detail(
    session: Session,
    prompt_id: int,
    text: str,
    kind: Kind = Kind.OTHER,
    is_unsafe: bool = False,
    *,
    by: Caller,
    at: datetime,
) -> Noted:
    """Keep what somebody adds to their answers.

    Args:
        session: The unit's session.
        prompt_id: Our id of the prompt.
        text: What they say.
        kind: What their words say it is.
        is_unsafe: Whether their words say that something is unsafe.
        by: Who adds it.
        at: Now.

    Raises:
        Refused: The prompt is somebody else's, nothing was said, or it has closed and nothing is unsafe.
    """
    person = people.known(session, by)
    prompt = _own(session, prompt_id, person)
    if not text.strip():
        raise Refused("Say in a few words what happened.", field="text")
    return Noted(prompt.key, _add(session, prompt, person, Words(text, (), kind, is_unsafe), by, at))


def answer(
    session: Session,
    prompt_id: int,
    question: str,
    value: str,
    kind: Kind = Kind.OTHER,
    is_unsafe: bool = False,
    *,
    by: Caller,
    at: datetime,
) -> Noted:
    """Note what somebody entered in the form of one question, as `prompts.answer_prompt` does.

    Where it is in their own words and says that something is unsafe, people are called about it.

    Raises:
        Refused: As `prompts.answer_prompt` does.
    """
    person = people.known(session, by)
    prompt = _own(session, prompt_id, person)
    asked = prompts.question_of(session, prompt, question)
    before = prompts.answer_to(session, prompt.key, question)
    kept = asked.read(value)
    says_so = is_unsafe and asked.kind is QuestionKind.TEXT and kept is not None
    if not says_so or (before is not None and before.value == kept):
        return Noted(prompts.answer_prompt(session, prompt_id, question, value, by=by, at=at).prompt_id)
    words = Words(value, (), kind, is_unsafe)
    if _made_of(session, prompt) is None and _can_file(session, person):
        raised = _file(session, prompt, words, by, at)
        if _is_answerable(session, prompt, person, at):
            prompts.answer_prompt(session, prompt_id, question, value, by=by, at=at)
        return Noted(prompt.key, raised)
    prompts.answer_prompt(session, prompt_id, question, value, by=by, at=at)
    return Noted(prompt.key, _add_to_report(session, _hold(session, prompt), words, by, at))


@dataclass(frozen=True, slots=True)
class Words:
    """What somebody says besides their answers."""

    text: str
    links: tuple[str, ...] = ()
    """Of photos."""
    kind: Kind = Kind.OTHER
    """What the words say it is."""
    unsafe: bool = False
    """Whether they say that something is unsafe."""


def add_reply(
    session: Session, prompt_id: int, words: Words, photos_left_out: bool = False, *, by: Caller, at: datetime
) -> None:
    """Keep a reply in the thread of a prompt as a detail.

    Whoever replies too late, or sends a photo where none are kept, is told so. Of something unsafe whoever says it
    reads whom it calls.

    Raises:
        Refused: The prompt was somebody else's.
    """
    person = people.known(session, by)
    prompt = _own(session, prompt_id, person)
    is_for_a_report = words.unsafe or _made_of(session, prompt) is not None
    if not is_for_a_report and not _is_answerable(session, prompt, person, at):
        _tell(session, person, prompt, "closed", words, at)
        return
    if words.text.strip() or words.links:
        raised = _add(session, prompt, person, words, by, at)
        if raised is not None:
            unsafe.tell_reporter(session, raised.feedback_id, at=at)
    if photos_left_out:
        _tell(session, person, prompt, "photo", words, at)


def _add(session: Session, prompt: Prompt, person: Person, words: Words, by: Caller, at: datetime) -> Raised | None:
    """Keep some words with a prompt and with the report that was made of it; what is unsafe is one at once.

    What is unsafe is kept in its report where the prompt has closed.
    """
    if words.unsafe and _made_of(session, prompt) is None and _can_file(session, person):
        # Before the prompt is held: whoever files holds the embedding.
        raised = _file(session, prompt, words, by, at)
        if _is_answerable(session, prompt, person, at):
            _keep(session, prompt, person, words.text, words.links, at)
        return raised
    is_open = _is_answerable(session, prompt, person, at)
    made = _hold(session, prompt)
    if not is_open and made is None:
        prompts.answerable(session, prompt.key, person, at=at)
    if is_open:
        _keep(session, prompt, person, words.text, words.links, at)
    return _add_to_report(session, made, words, by, at)


def _is_answerable(session: Session, prompt: Prompt, person: Person, at: datetime) -> bool:
    try:
        prompts.answerable(session, prompt.key, person, at=at)
    except Refused:
        return False
    return True


def _can_file(session: Session, person: Person) -> bool:
    return bool(reports.tools_at_hand(session, person.key))


def _made_of(session: Session, prompt: Prompt) -> int | None:
    """The newest report that was made of somebody's answers, as long as it waits for an answer itself."""
    made = select(Feedback.id).where(
        Feedback.prompt_id == prompt.id,
        Feedback.reporter_id == prompt.person_id,
        col(Feedback.status).in_(OPEN),
    )
    return session.exec(made.order_by(col(Feedback.id).desc()).limit(1)).first()


def _hold(session: Session, prompt: Prompt) -> Feedback | None:
    """The same, held; a moment later it may be answered."""
    made = _made_of(session, prompt)
    if made is None:
        return None
    report = session.exec(select(Feedback).where(Feedback.id == made).with_for_update()).one()
    session.refresh(report)
    if report.status not in OPEN:
        raise RunAgain
    return report


def _add_to_report(session: Session, made: Feedback | None, words: Words, by: Caller, at: datetime) -> Raised | None:
    if made is None:
        return None
    return report_edits.add_to_report(session, made.key, words.text, words.links, words.unsafe, by=by, at=at).unsafe


def _file(session: Session, prompt: Prompt, words: Words, by: Caller, at: datetime) -> Raised | None:
    """File what is unsafe as a report, about the tool that is named or else the one that was asked about."""
    own = reports.tools_at_hand(session, prompt.person_id)
    asked_about = {tool.key for tool in embeddings.tools_of(session, prompt.embedding_id)}
    is_named = reports.named_in(words.text, own) is not None
    tool_id = None if is_named else next((tool.key for tool in own if tool.key in asked_about), None)
    report = Report(words.kind, words.text.strip(), tool_id, Impact.UNSAFE, links=words.links)
    return unsafe.file_report(session, report, prompt.key, by=by, at=at).unsafe


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


def _tell(session: Session, person: Person, prompt: Prompt, why: str, words: Words, at: datetime) -> None:
    deliveries.queue(
        session,
        person.workspace_id,
        MessageKind.REPLY_NOT_KEPT,
        f"prompt:{prompt.key}:not_kept:{why}:{at.isoformat()}",
        "prompt",
        prompt.key,
        at=at,
        person_id=person.id,
        data={"why": why, "words_kept": why == "photo" and bool(words.text.strip())},
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
