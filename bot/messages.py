"""The table of messages: for each kind of delivery how it is written, how it is found again, and what if it is not.

A message is written just before it is sent, from what is true then. A row that finds nothing to say returns None, and
the delivery is skipped with that reason.
"""

from collections.abc import Callable
from dataclasses import dataclass

from bot.blocks import chains as chain_blocks
from bot.blocks import change_notes as note_blocks
from bot.blocks import channels as channel_blocks
from bot.blocks import direct_reports as direct_blocks
from bot.blocks import embeddings as embedding_blocks
from bot.blocks import feedback as feedback_blocks
from bot.blocks import note_lists as note_list_blocks
from bot.blocks import outcomes as outcome_blocks
from bot.blocks import preferences as preference_blocks
from bot.blocks import prompts as prompt_blocks
from bot.blocks import reminders as reminder_blocks
from bot.blocks import report_buttons as button_blocks
from bot.blocks import restrictions as restriction_blocks
from bot.blocks import returns as return_blocks
from bot.blocks import reviews as review_blocks
from bot.blocks import unsafe as unsafe_blocks
from bot.blocks import verdicts as verdict_blocks
from bot.blocks import visits as visit_blocks
from bot.blocks.kit import Written
from bot.texts import Texts
from jobs.ports import LookUp, Rule, WhenLost
from store import (
    asking_back,
    change_notes,
    channels,
    direct_reports,
    embeddings,
    feedback,
    handovers,
    last_word,
    note_approval,
    outcome_news,
    people,
    preferences,
    prompts,
    report_edits,
    reporting,
    restricting,
    returns,
    reviews,
    swaps,
    tellings,
    tools,
    triage,
    unread,
    unsafe,
    unsafe_cards,
    verdict_asking,
    verdicts,
    visits,
)
from store.change_notes import NoteStatus
from store.deliveries import Delivery, Kind
from store.embeddings import EmbeddingStatus
from store.feedback import FeedbackStatus
from store.store import Session

Write = Callable[[Session, Delivery, Texts], Written | None]

MUST_ARRIVE = Rule(LookUp.HISTORY, WhenLost.SEND_AGAIN)
"""To one person: looked for in their direct messages, and sent again when it is not there."""
RATHER_NOT = Rule(LookUp.HISTORY, WhenLost.SKIP)
"""A question to one person: nobody is asked twice."""
NEWS = Rule(LookUp.NONE, WhenLost.SKIP)
"""To a channel, which we do not read: nothing in it must arrive, and twice would be worse."""
EDIT = Rule(LookUp.NONE, WhenLost.SEND_AGAIN)
"""A change of a message: twice is the same as once."""


@dataclass(frozen=True, slots=True)
class Message:
    """A kind of message: how it is written from what is true now, and what is done when its answer is lost."""

    write: Write
    rule: Rule
    pins: bool = False
    """Whether the message that it is about is pinned and stays as it is."""


def _proposed(session: Session, delivery: Delivery, t: Texts) -> Written | None:
    card = embeddings.card(session, delivery.subject_id)
    return embedding_blocks.asked_to_agree(card, t) if card.status is EmbeddingStatus.PROPOSED else None


def _proposed_answered(session: Session, delivery: Delivery, t: Texts) -> Written | None:
    card = embeddings.card(session, delivery.subject_id)
    said = dict.fromkeys(
        agreed for person, agreed in embeddings.asked_to_agree(session, card.id) if person.id == delivery.person_id
    )
    return embedding_blocks.asked_and_answered(card, next(iter(said), None), t)


def _planned(session: Session, delivery: Delivery, t: Texts) -> Written | None:
    return embedding_blocks.planned(embeddings.card(session, delivery.subject_id), t)


def _declined(session: Session, delivery: Delivery, t: Texts) -> Written | None:
    return embedding_blocks.declined(embeddings.card(session, delivery.subject_id), t)


def _begun(session: Session, delivery: Delivery, t: Texts) -> Written | None:
    return embedding_blocks.begun(embeddings.card(session, delivery.subject_id), t)


def _prompt(session: Session, delivery: Delivery, t: Texts) -> Written | None:
    card = prompts.card(session, delivery.subject_id)
    return prompt_blocks.asked(card, t) if card.open and last_word.is_asked(session, card.id) else None


def _prompt_answered(session: Session, delivery: Delivery, t: Texts) -> Written | None:
    card = prompts.card(session, delivery.subject_id)
    return prompt_blocks.answered(card, t) if any(one.said for one in card.asked) or card.details else None


def _prompt_closed(session: Session, delivery: Delivery, t: Texts) -> Written | None:
    return prompt_blocks.closed(prompts.card(session, delivery.subject_id), t)


def _reminder(session: Session, delivery: Delivery, t: Texts) -> Written | None:
    card = prompts.card(session, delivery.subject_id)
    is_asked = card.open and prompts.is_out(session, card.id) and last_word.is_asked(session, card.id)
    return reminder_blocks.reminder(card, t) if is_asked else None


def _muted(session: Session, delivery: Delivery, t: Texts) -> Written | None:
    prompt = prompts.by_id(session, delivery.subject_id)
    reference = embeddings.by_id(session, prompt.embedding_id).reference
    return preference_blocks.muted(prompt.plan_id, reference, t)


def _asked_again(session: Session, delivery: Delivery, t: Texts) -> Written | None:
    card = prompts.card(session, delivery.subject_id)
    return prompt_blocks.answered(card, t) if card.open else None


def _prompt_not_on_shift(session: Session, delivery: Delivery, t: Texts) -> Written | None:
    card = prompts.card(session, delivery.subject_id)
    return prompt_blocks.not_on_shift(card, swaps.instead_of(session, card.id), t)


def _reply_not_kept(session: Session, delivery: Delivery, t: Texts) -> Written | None:
    return prompt_blocks.not_kept(delivery.data["why"], delivery.data["words_kept"], t)


def _reply_kept(session: Session, delivery: Delivery, t: Texts) -> Written | None:
    return prompt_blocks.reply_kept(feedback.by_id(session, delivery.subject_id).reference, t)


def _filed(session: Session, delivery: Delivery, t: Texts) -> Written | None:
    # It may have been taken back, or gone to others, before it went out.
    if feedback.by_id(session, delivery.subject_id).status is FeedbackStatus.WITHDRAWN:
        return None
    if not report_edits.is_theirs(session, delivery.subject_id, delivery.person_id):
        return None
    zone = reporting.zone_of_report(session, delivery.subject_id)
    return feedback_blocks.filed_for_data_scientist(feedback.card(session, delivery.subject_id), t, zone=zone)


def _filed_seen(session: Session, delivery: Delivery, t: Texts) -> Written | None:
    zone = reporting.zone_of_report(session, delivery.subject_id)
    return feedback_blocks.seen_by_data_scientist(feedback.card(session, delivery.subject_id), t, zone=zone)


def _filed_changed(session: Session, delivery: Delivery, t: Texts) -> Written | None:
    card = feedback.card(session, delivery.subject_id)
    if not report_edits.is_theirs(session, delivery.subject_id, delivery.person_id):
        return feedback_blocks.went_elsewhere(card.reference, t)
    zone = reporting.zone_of_report(session, delivery.subject_id)
    shown = (
        feedback_blocks.filed_for_data_scientist
        if card.status is FeedbackStatus.NEW
        else feedback_blocks.seen_by_data_scientist
    )
    return shown(card, t, zone=zone)


def _acknowledged(session: Session, delivery: Delivery, t: Texts) -> Written | None:
    reader = people.by_id(session, delivery.data["by"])
    read = triage.acknowledged_together(session, [delivery.subject_id, *delivery.data.get("others", ())])
    cards = [feedback.card(session, key) for key in read]
    return feedback_blocks.acknowledged(cards, reader.name, t) if cards else None


def _told(session: Session, delivery: Delivery, t: Texts) -> Written | None:
    found = tellings.told(session, delivery, returns.tells(session, delivery))
    return note_blocks.told(found, t) if found.own or found.others else None


def _since_last_on(session: Session, delivery: Delivery, t: Texts) -> Written | None:
    if not returns.is_at_work(session, delivery):
        return None
    found = returns.since(session, delivery)
    return None if found.is_empty else return_blocks.since(found, t)


def _in_channel(session: Session, delivery: Delivery, t: Texts) -> Written | None:
    card = change_notes.card(session, delivery.subject_id)
    return note_blocks.in_channel(card, t) if card.live else None


def _taken_back(session: Session, delivery: Delivery, t: Texts) -> Written | None:
    if tellings.was_told(session, delivery.subject_id, delivery.person_id or 0) is None:
        return None
    card = change_notes.card(session, delivery.subject_id, delivery.person_id)
    return note_blocks.taken_back(card, bool(card.answers), t)


def _taken_back_in_channel(session: Session, delivery: Delivery, t: Texts) -> Written | None:
    return note_blocks.taken_back_in_channel(change_notes.card(session, delivery.subject_id), t)


def _close(session: Session, delivery: Delivery, t: Texts) -> Written | None:
    card = change_notes.card(session, delivery.subject_id)
    return note_blocks.close_together(card, change_notes.card(session, delivery.data["other"]), t)


def _approval_asked(session: Session, delivery: Delivery, t: Texts) -> Written | None:
    found = note_approval.question(session, delivery)
    return note_list_blocks.approval_asked(found, _zone_of_note(session, delivery), t) if found.open else None


def _approval_shown(session: Session, delivery: Delivery, t: Texts) -> Written | None:
    found = note_approval.question(session, delivery)
    shown = note_list_blocks.approval_asked if found.open else note_list_blocks.approval_shown
    return shown(found, _zone_of_note(session, delivery), t)


def _approved(session: Session, delivery: Delivery, t: Texts) -> Written | None:
    card = change_notes.card(session, delivery.subject_id)
    said = note_approval.decision(session, delivery.data["decision"])
    if said is None or card.status is not NoteStatus.APPROVED:
        return None
    return note_list_blocks.approved(card, said.by, _zone_of_note(session, delivery), t)


def _sent_back(session: Session, delivery: Delivery, t: Texts) -> Written | None:
    card = change_notes.card(session, delivery.subject_id)
    return note_list_blocks.sent_back(card, note_approval.decision(session, delivery.data.get("decision")), t)


def _went_live(session: Session, delivery: Delivery, t: Texts) -> Written | None:
    card = change_notes.card(session, delivery.subject_id)
    answers, left_out = tuple(delivery.data["answers"]), tuple(delivery.data["left_out"])
    return note_list_blocks.went_live(card, answers, left_out, t) if card.live else None


def _zone_of_note(session: Session, delivery: Delivery) -> str:
    return reporting.zone_of_tool(session, change_notes.by_id(session, delivery.subject_id).tool_id)


def _verdict_asked(session: Session, delivery: Delivery, t: Texts) -> Written | None:
    card = change_notes.card(session, delivery.subject_id, delivery.person_id)
    return verdict_blocks.asked(card, t) if card.live and card.answers and not _said(session, delivery) else None


def _verdict_asked_again(session: Session, delivery: Delivery, t: Texts) -> Written | None:
    card = change_notes.card(session, delivery.subject_id, delivery.person_id)
    it_happened = delivery.data["because"] == verdict_asking.IT_HAPPENED_AGAIN
    said = _said(session, delivery)
    still_asked = it_happened or (said is not None and said.value is verdicts.Helped.NOT_SEEN_SINCE)
    return verdict_blocks.asked_again(card, it_happened, t) if card.live and card.answers and still_asked else None


def _verdict_reminder(session: Session, delivery: Delivery, t: Texts) -> Written | None:
    card = change_notes.card(session, delivery.subject_id, delivery.person_id)
    if not (card.live and card.answers) or _said(session, delivery):
        return None
    wanted = preferences.wants_reminder(session, delivery.person_id or 0)
    return verdict_blocks.reminder(card, t) if wanted and verdict_asking.was_asked(session, delivery) else None


def _verdict_given(session: Session, delivery: Delivery, t: Texts) -> Written | None:
    verdict = _said(session, delivery)
    card = change_notes.card(session, delivery.subject_id, delivery.person_id)
    return verdict_blocks.given(card, verdict.value, t, verdict.words) if verdict else None


def _verdict_closed(session: Session, delivery: Delivery, t: Texts) -> Written | None:
    return verdict_blocks.closed(change_notes.card(session, delivery.subject_id, delivery.person_id), t)


def _said(session: Session, delivery: Delivery) -> verdicts.Verdict | None:
    return verdicts.of(session, delivery.subject_id, delivery.person_id or 0)


def _contested(session: Session, delivery: Delivery, t: Texts) -> Written | None:
    found = verdicts.contest(session, delivery.subject_id, delivery.data["reporter"])
    return verdict_blocks.contested(found, t) if found else None


def _happened_again(session: Session, delivery: Delivery, t: Texts) -> Written | None:
    report = feedback.by_id(session, delivery.subject_id)
    tool, by = tools.by_id(session, report.tool_id).name, people.by_id(session, delivery.data["by"]).name
    return chain_blocks.seen_again(report.reference, tool, by, report.text, t)


def _visit_proposed(session: Session, delivery: Delivery, t: Texts) -> Written | None:
    card = visits.card(session, delivery.subject_id, delivery.person_id)
    return visit_blocks.proposed(card, t) if card.status is visits.VisitStatus.PROPOSED else None


def _visit_shown(session: Session, delivery: Delivery, t: Texts) -> Written | None:
    return visit_blocks.shown(visits.card(session, delivery.subject_id, delivery.person_id), t)


def _visit_booked(session: Session, delivery: Delivery, t: Texts) -> Written | None:
    return visit_blocks.booked(visits.card(session, delivery.subject_id, delivery.person_id), t)


def _review_opened(session: Session, delivery: Delivery, t: Texts) -> Written | None:
    return review_blocks.opened(reviews.card(session, delivery.subject_id, delivery.person_id), t)


def _review_signed(session: Session, delivery: Delivery, t: Texts) -> Written | None:
    return review_blocks.signed(reviews.card(session, delivery.subject_id, delivery.person_id), t)


def _closed(session: Session, delivery: Delivery, t: Texts) -> Written | None:
    review = reviews.of_embedding(session, delivery.subject_id)
    return review_blocks.closed(reviews.card(session, review.key), t) if review else None


def _carried_to_owner(session: Session, delivery: Delivery, t: Texts) -> Written | None:
    found = handovers.carried_over(session, delivery.subject_id, owner_id=delivery.person_id)
    return review_blocks.carried_to_owner(found, t) if found.reports else None


def _carried_told(session: Session, delivery: Delivery, t: Texts) -> Written | None:
    found = handovers.carried_over(session, delivery.subject_id, reporter_id=delivery.person_id)
    return review_blocks.carried_told(found, t) if found.reports else None


def _report_question(session: Session, delivery: Delivery, t: Texts) -> Written | None:
    found = direct_reports.question(session, delivery.subject_id)
    return direct_blocks.asked_back(found, t) if found.open else direct_blocks.ended(found, t)


def _report_button(session: Session, delivery: Delivery, t: Texts) -> Written | None:
    return button_blocks.report_button(t)


def _invite_me(session: Session, delivery: Delivery, t: Texts) -> Written | None:
    wanted = channels.invitation(session, delivery.subject_id)
    return channel_blocks.invite_me(wanted, t) if wanted else None


def _unsafe_card(session: Session, delivery: Delivery) -> unsafe_cards.UnsafeCard:
    return unsafe_cards.card(session, delivery.subject_id, delivery.person_id, delivery.data["call"])


def _unsafe_called(session: Session, delivery: Delivery, t: Texts) -> Written | None:
    card = _unsafe_card(session, delivery)
    keeps_it = card.kept and card.mine and not card.not_unsafe and not card.withdrawn
    return unsafe_blocks.called(card, t) if card.is_open or keeps_it else None


def _unsafe_called_changed(session: Session, delivery: Delivery, t: Texts) -> Written | None:
    return unsafe_blocks.called(_unsafe_card(session, delivery), t)


def _unsafe_raised(session: Session, delivery: Delivery, t: Texts) -> Written | None:
    found = unsafe.raised(session, delivery.subject_id)
    return unsafe_blocks.raised(found, t) if found else None


def _unsafe_taken(session: Session, delivery: Delivery, t: Texts) -> Written | None:
    return unsafe_blocks.taken(_unsafe_card(session, delivery), t)


def _unsafe_unseen(session: Session, delivery: Delivery, t: Texts) -> Written | None:
    card = _unsafe_card(session, delivery)
    return unsafe_blocks.unseen(card, t) if card.is_open and not card.nobody_left else None


def _unsafe_nobody_left(session: Session, delivery: Delivery, t: Texts) -> Written | None:
    card = _unsafe_card(session, delivery)
    return unsafe_blocks.nobody_left(card, t) if card.is_open else None


def _unsafe_withdrawn(session: Session, delivery: Delivery, t: Texts) -> Written | None:
    if not unsafe.was_told(session, delivery):
        return None
    return unsafe_blocks.withdrawn(_unsafe_card(session, delivery), t)


def _unsafe_no_more(session: Session, delivery: Delivery, t: Texts) -> Written | None:
    if not unsafe.was_told(session, delivery):
        return None
    return unsafe_blocks.no_more(_unsafe_card(session, delivery), t)


def _restriction_told(session: Session, delivery: Delivery, t: Texts) -> Written | None:
    found = restricting.news(session, delivery.subject_id)
    if not found.stands or returns.tells_restriction(session, delivery):
        return None
    return restriction_blocks.told(found, t)


def _restriction_lifted(session: Session, delivery: Delivery, t: Texts) -> Written | None:
    if not restricting.has_heard(session, delivery):
        return None
    return restriction_blocks.lifted_news(restricting.news(session, delivery.subject_id), t)


def _restriction_ended(session: Session, delivery: Delivery, t: Texts) -> Written | None:
    if not restricting.has_heard(session, delivery):
        return None
    return restriction_blocks.ended(restricting.news(session, delivery.subject_id), t)


# Triage


def _outcome(session: Session, delivery: Delivery, t: Texts) -> Written | None:
    found = outcome_news.outcomes(session, delivery)
    return outcome_blocks.outcomes(found, t) if found else None


def _outcome_changed(session: Session, delivery: Delivery, t: Texts) -> Written | None:
    found = outcome_news.as_it_became(session, delivery)
    return outcome_blocks.outcomes(found, t) if found else None


def _question(session: Session, delivery: Delivery, t: Texts) -> Written | None:
    card = asking_back.card(session, delivery.subject_id)
    return None if card.closed else outcome_blocks.question(card, t)


def _question_over(session: Session, delivery: Delivery, t: Texts) -> Written | None:
    return outcome_blocks.question_over(asking_back.card(session, delivery.subject_id), t)


def _question_answered(session: Session, delivery: Delivery, t: Texts) -> Written | None:
    return outcome_blocks.question_answered(asking_back.card(session, delivery.subject_id), t)


def _unread(session: Session, delivery: Delivery, t: Texts) -> Written | None:
    found = unread.still_unread(session, delivery)
    return outcome_blocks.unread(found, t) if found else None


MESSAGES: dict[Kind, Message] = {
    Kind.EMBEDDING_PROPOSED: Message(_proposed, MUST_ARRIVE),
    Kind.EMBEDDING_PROPOSED_ANSWERED: Message(_proposed_answered, EDIT),
    Kind.EMBEDDING_PLANNED: Message(_planned, MUST_ARRIVE),
    Kind.EMBEDDING_DECLINED: Message(_declined, MUST_ARRIVE),
    Kind.EMBEDDING_BEGUN: Message(_begun, NEWS),
    Kind.PROMPT: Message(_prompt, RATHER_NOT),
    Kind.PROMPT_ANSWERED: Message(_prompt_answered, EDIT),
    Kind.PROMPT_CLOSED: Message(_prompt_closed, EDIT),
    Kind.PROMPT_REMINDER: Message(_reminder, RATHER_NOT),
    Kind.PROMPT_MUTED: Message(_muted, EDIT),
    Kind.PROMPT_ASKED_AGAIN: Message(_asked_again, EDIT),
    Kind.SINCE_LAST_ON: Message(_since_last_on, MUST_ARRIVE),
    Kind.PROMPT_NOT_ON_SHIFT: Message(_prompt_not_on_shift, EDIT),
    Kind.REPLY_NOT_KEPT: Message(_reply_not_kept, RATHER_NOT),
    Kind.REPLY_KEPT: Message(_reply_kept, RATHER_NOT),
    Kind.FEEDBACK_FILED: Message(_filed, MUST_ARRIVE),
    Kind.FEEDBACK_FILED_SEEN: Message(_filed_seen, EDIT),
    Kind.FEEDBACK_ACKNOWLEDGED: Message(_acknowledged, MUST_ARRIVE),
    Kind.CHANGE_TOLD: Message(_told, MUST_ARRIVE),
    Kind.CHANGE_IN_CHANNEL: Message(_in_channel, NEWS),
    Kind.VERDICT_ASKED: Message(_verdict_asked, RATHER_NOT),
    Kind.VERDICT_GIVEN: Message(_verdict_given, EDIT),
    Kind.REVIEW_OPENED: Message(_review_opened, MUST_ARRIVE),
    Kind.REVIEW_SIGNED: Message(_review_signed, EDIT),
    Kind.EMBEDDING_CLOSED: Message(_closed, NEWS),
    Kind.CARRIED_OVER_TO_OWNER: Message(_carried_to_owner, MUST_ARRIVE),
    Kind.CARRIED_OVER_TOLD: Message(_carried_told, MUST_ARRIVE),
    Kind.INVITE_ME: Message(_invite_me, MUST_ARRIVE),
    # Reporting
    Kind.FEEDBACK_FILED_CHANGED: Message(_filed_changed, EDIT),
    Kind.REPORT_QUESTION: Message(_report_question, MUST_ARRIVE),
    Kind.REPORT_QUESTION_ANSWERED: Message(_report_question, EDIT),
    Kind.REPORT_BUTTON: Message(_report_button, NEWS),
    Kind.REPORT_BUTTON_PINNED: Message(_report_button, EDIT, pins=True),
    # What is unsafe, and what a tool is not to be relied on for
    Kind.UNSAFE_CALLED: Message(_unsafe_called, MUST_ARRIVE),
    Kind.UNSAFE_CALLED_CHANGED: Message(_unsafe_called_changed, EDIT),
    Kind.UNSAFE_RAISED: Message(_unsafe_raised, MUST_ARRIVE),
    Kind.UNSAFE_TAKEN: Message(_unsafe_taken, MUST_ARRIVE),
    Kind.UNSAFE_UNSEEN: Message(_unsafe_unseen, MUST_ARRIVE),
    Kind.UNSAFE_NOBODY_LEFT: Message(_unsafe_nobody_left, MUST_ARRIVE),
    Kind.UNSAFE_WITHDRAWN: Message(_unsafe_withdrawn, MUST_ARRIVE),
    Kind.UNSAFE_NO_MORE: Message(_unsafe_no_more, MUST_ARRIVE),
    Kind.RESTRICTION_TOLD: Message(_restriction_told, MUST_ARRIVE),
    Kind.RESTRICTION_LIFTED: Message(_restriction_lifted, MUST_ARRIVE),
    Kind.RESTRICTION_ENDED: Message(_restriction_ended, MUST_ARRIVE),
    # Triage
    Kind.FEEDBACK_OUTCOME: Message(_outcome, MUST_ARRIVE),
    Kind.FEEDBACK_OUTCOME_CHANGED: Message(_outcome_changed, EDIT),
    Kind.FEEDBACK_QUESTION: Message(_question, MUST_ARRIVE),
    Kind.FEEDBACK_QUESTION_OVER: Message(_question_over, EDIT),
    Kind.FEEDBACK_QUESTION_ANSWERED: Message(_question_answered, MUST_ARRIVE),
    Kind.FEEDBACK_UNREAD: Message(_unread, RATHER_NOT),
    # Change notes, telling, asking, visits
    Kind.CHANGE_NEWS: Message(_told, RATHER_NOT),
    Kind.CHANGE_TAKEN_BACK: Message(_taken_back, MUST_ARRIVE),
    Kind.CHANGE_TAKEN_BACK_IN_CHANNEL: Message(_taken_back_in_channel, NEWS),
    Kind.CHANGES_CLOSE: Message(_close, MUST_ARRIVE),
    Kind.NOTE_APPROVAL_ASKED: Message(_approval_asked, MUST_ARRIVE),
    Kind.NOTE_APPROVAL_SHOWN: Message(_approval_shown, EDIT),
    Kind.NOTE_APPROVED: Message(_approved, MUST_ARRIVE),
    Kind.NOTE_SENT_BACK: Message(_sent_back, MUST_ARRIVE),
    Kind.NOTE_WENT_LIVE: Message(_went_live, MUST_ARRIVE),
    Kind.VERDICT_ASKED_AGAIN: Message(_verdict_asked_again, RATHER_NOT),
    Kind.VERDICT_REMINDER: Message(_verdict_reminder, RATHER_NOT),
    Kind.VERDICT_CLOSED: Message(_verdict_closed, EDIT),
    Kind.LINK_CONTESTED: Message(_contested, MUST_ARRIVE),
    Kind.LINK_CONTESTED_SHOWN: Message(_contested, EDIT),
    Kind.HAPPENED_AGAIN: Message(_happened_again, MUST_ARRIVE),
    Kind.VISIT_PROPOSED: Message(_visit_proposed, MUST_ARRIVE),
    Kind.VISIT_SHOWN: Message(_visit_shown, EDIT),
    Kind.VISIT_BOOKED: Message(_visit_booked, MUST_ARRIVE),
}
