"""One tick: everything that time makes happen, each job on its own, so that one that fails stops no other."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from jobs import change_notes, direct_reports, profiles, prompts, restrictions, reviews, unread, unsafe, user_groups
from jobs.outage import Outage
from jobs.outbox import Outbox
from jobs.ports import Archive, Directory, Incidents
from jobs.prompts import LastLook
from store import incidents, terms
from store.policy import Policy
from store.store import Store

log = structlog.get_logger()

FORGOTTEN_AT_ONCE = 200
"""Incidents in one unit of work, which keeps it short."""
BEGUN_AT_ONCE = 3
"""Embeddings that begin in one unit of work, for the same reason."""


@dataclass(frozen=True, slots=True)
class Ticker:
    """What happens at a tick, the same in production and in a story on the simulated clock."""

    store: Store
    outbox: Outbox
    archive: Archive
    directory: Directory
    policy: Policy
    incidents: Incidents
    outage: Outage = field(default_factory=lambda: Outage(quiet=True))
    """Whether Slack says anything of people; that it takes no calls at all is the outbox's to say."""
    last_look: LastLook = field(default_factory=LastLook)
    """When what is planned was last computed again."""
    last_unread: LastLook = field(default_factory=LastLook)
    """When it was last looked for reports that nobody has read."""

    async def tick(self, at: datetime) -> None:
        """Do what is due at an instant. What failed is logged and due again at the next tick."""
        for job in (
            self._escalate_unsafe,
            self._end_restrictions,
            self._begin,
            self._change_notes,
            self._plan_prompts,
            self._replan_prompts,
            self._close_prompts,
            self._open_reviews,
            self._file_what_was_said,
            self._send,
            self._learn_profiles,
            self._follow_user_groups,
            self._forget_incidents,
            self._note_uptime,
            self._remind_of_unread,
        ):
            await self._guarded(job, at)

    async def _learn_profiles(self, at: datetime) -> None:
        if self._slack_answers(at):
            await profiles.refresh(self.store, self.directory, self.policy, at=at, outage=self.outage)

    async def _follow_user_groups(self, at: datetime) -> None:
        if self._slack_answers(at):
            await user_groups.refresh(self.store, self.directory, self.policy, at=at, outage=self.outage)

    def _slack_answers(self, at: datetime) -> bool:
        pause = self.outbox.limits.outage_pause
        return not any(outage.is_on(at=at, pause=pause) for outage in (self.outage, self.outbox.outage))

    async def _guarded(self, job: Callable[[datetime], Awaitable[None]], at: datetime) -> None:
        try:
            await job(at)
        except Exception as error:
            error_id = self.incidents.record(error, f"job {job.__name__}")
            log.exception("job_broke", error_id=error_id, job=job.__name__, error=type(error).__name__)

    async def _forget_incidents(self, at: datetime) -> None:
        before = at - self.policy.incidents_kept
        while await self.store.write(incidents.forget, before, FORGOTTEN_AT_ONCE) == FORGOTTEN_AT_ONCE:
            pass

    async def _escalate_unsafe(self, at: datetime) -> None:
        await unsafe.escalate_due(self.store, self.policy, at=at)

    async def _end_restrictions(self, at: datetime) -> None:
        await restrictions.end_due(self.store, at=at)

    async def _begin(self, at: datetime) -> None:
        while await self.store.write(terms.begin_due, at=at, limit=BEGUN_AT_ONCE) == BEGUN_AT_ONCE:
            pass

    async def _change_notes(self, at: datetime) -> None:
        await change_notes.go_live_due(self.store, self.policy, at=at)

    async def _plan_prompts(self, at: datetime) -> None:
        await prompts.plan_due(self.store, self.policy, at=at)

    async def _replan_prompts(self, at: datetime) -> None:
        await prompts.replan_changed(self.store, self.policy, self.last_look, at=at)

    async def _close_prompts(self, at: datetime) -> None:
        await prompts.close_lapsed(self.store, at=at)

    async def _open_reviews(self, at: datetime) -> None:
        await reviews.open_due(self.store, self.archive, self.policy, at=at)

    async def _file_what_was_said(self, at: datetime) -> None:
        await direct_reports.file_left(self.store, at=at)

    async def _send(self, at: datetime) -> None:
        # It goes on beside the tick: a long queue delays nothing else.
        self.outbox.wake()

    async def _note_uptime(self, at: datetime) -> None:
        await prompts.note_uptime(self.store, at=at)

    async def _remind_of_unread(self, at: datetime) -> None:
        await unread.remind(self.store, self.policy, self.last_unread, at=at)
