"""Change notes that were kept before they had versions, tellings and contested links keep what they were."""

from sqlmodel import Session, col, select

from store import migrations, verdicts
from store.change_notes import AnsweredFeedback, ChangeNote, NoteVersion
from store.engine import writing_engine
from store.feedback import FeedbackStatus
from store.policy import Policy
from store.tellings import Telling
from store.verdicts import Helped
from tests.store.site import LATER, active_embedding, build, filed_report, live_change

BEFORE = "0015-1"


def test_a_note_from_before_has_its_version_its_tellings_and_its_contested_link(database_url: str) -> None:
    engine = writing_engine(database_url)
    with Session(engine) as session:
        site = build(session)
        active_embedding(session, site)
        reports = [filed_report(session, site, by=name) for name in ("Ana", "Ben")]
        note = live_change(session, site, *reports, version="1.2")
        by = site.caller("Ana")
        verdicts.give_verdict(session, note, Helped.SAME, policy=Policy(), by=by, at=LATER)
        session.commit()
    engine.dispose()

    migrations.downgrade(database_url, BEFORE)
    migrations.upgrade(database_url)

    engine = writing_engine(database_url)
    with Session(engine) as session:
        (version,) = session.exec(select(NoteVersion)).all()
        assert (version.number, version.what, version.version_to) == (1, "Waits three seconds", "1.2")
        assert version.answers == reports
        assert session.exec(select(ChangeNote.version_to)).one() == "1.2"
        told = session.exec(select(Telling).order_by(col(Telling.person_id))).all()
        assert [(row.person_id, row.is_reporter) for row in told] == [
            (site.people["Ana"], True),
            (site.people["Ben"], True),
        ]
        links = session.exec(select(AnsweredFeedback).order_by(col(AnsweredFeedback.feedback_id))).all()
        assert [(link.before, link.contested_at) for link in links] == [
            (FeedbackStatus.ACKNOWLEDGED, LATER),
            (FeedbackStatus.ACKNOWLEDGED, None),
        ]
    engine.dispose()
