"""How questions, answers and sets are said to people: ready ones in their language, others in their author's words."""

from bot.texts import Markdown, Texts, escape, isolated
from bot.texts.glossary import QUESTION_TEXTS, RATINGS, SET_TITLES, SHIFT_ANSWERS, TRUST, YES_NO
from store.asking import SetChoice
from store.questions import ONE_TAP, Question

LABELS = {**SHIFT_ANSWERS, **TRUST, **RATINGS, **YES_NO}


def question_text(question: Question, tools: tuple[str, ...], t: Texts) -> str:
    """A question as plain text."""
    return question.text or t(QUESTION_TEXTS[question.name], tools=t.listed(tools))


def question_md(question: Question, tools: tuple[str, ...], t: Texts) -> Markdown:
    """The same for mrkdwn."""
    if question.text:
        return Markdown(escape(isolated(question.text)))
    return t.md(QUESTION_TEXTS[question.name], tools=t.listed(tools))


def answer_label(question: Question, value: str, t: Texts) -> str:
    """What stands on the button of an answer; a number or a text is its own."""
    if question.labels:
        return isolated(question.labels[question.choices.index(value)])
    return t(LABELS[value]) if question.kind in ONE_TAP else isolated(value)


def set_title(one: SetChoice, t: Texts) -> str:
    """What a set is called."""
    if one.name.own_id is None:
        return t(SET_TITLES[one.name.ready])
    return t("{name} (version {version})", name=one.title, version=one.version)
