"""The ids under which buttons and modals are listened to: what blocks send and the registration table hears."""

AGREE = "embedding.agree"
DECLINE = "embedding.decline"
SCHEDULE = "embedding.schedule"
PROPOSE = "embedding.propose"
ANSWER = "prompt.answer"
REPORT = "feedback.report"
REPORT_SHORTCUT = "feedback.report_message"
FILE = "feedback.file"
LIST_PAGE = "feedback.list_page"
ACKNOWLEDGE = "feedback.acknowledge"
NOTE = "change_note.note"
FILE_NOTE = "change_note.file"
VERDICT = "verdict.give"
READ_REVIEW = "review.read"
SIGN = "review.sign"
TRY_AGAIN = "delivery.try_again"


def each(action: str, which: object) -> str:
    """An action id for one of several buttons of the same kind in one row, where Slack wants them to differ."""
    return f"{action}:{which}"
