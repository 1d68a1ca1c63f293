"""What Slack's errors mean: one table for every error that is documented for the methods we call.

Each method's page (https://docs.slack.dev/reference/methods) lists its errors; those of response URLs are on
https://docs.slack.dev/interactivity/handling-user-interaction#message_responses.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from aiohttp import ClientConnectorError, ClientError
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookResponse

from store.meanings import Meaning

_CODES: dict[Meaning, str] = {
    Meaning.LATER: """
        ratelimited rate_limited message_limit_exceeded external_channel_migrating streaming_state_conflict
        update_failed
        """,
    Meaning.UNKNOWN: "fatal_error internal_error service_unavailable request_timeout",
    # Of these every call fails alike, whatever it is about: a message loses nothing by waiting.
    Meaning.APP_OFF: """
        account_inactive invalid_auth not_authed token_revoked token_expired missing_args accesslimited
        org_login_required team_added_to_org
        """,
    Meaning.PERSON_GONE: "user_disabled user_not_found",
    Meaning.CHANNEL_GONE: "channel_not_found is_archived is_inactive no_such_subteam team_not_found",
    Meaning.NOT_INVITED: "not_in_channel",
    Meaning.MESSAGE_GONE: "message_not_found cant_update_message edit_window_closed already_pinned",
    Meaning.TOO_LATE: """
        expired_trigger_id exchanged_trigger_id invalid_trigger_id used_url expired_url not_found
        """,
    Meaning.NOT_ALLOWED: """
        access_denied app_access_restricted blocked_file_type channel_is_limited_access ekm_access_denied
        enterprise_is_restricted forbidden_team is_bot messages_tab_disabled missing_scope no_permission
        not_allowed_token_type not_enabled permission_denied plan_upgrade_required posting_to_channel_denied
        restricted_action
        restricted_action_non_threadable_channel restricted_action_read_only_channel restricted_action_thread_locked
        restricted_action_thread_only_channel slack_connect_blocked_file_type slack_connect_canvas_sharing_blocked
        slack_connect_clip_sharing_blocked slack_connect_file_link_sharing_blocked
        slack_connect_file_upload_sharing_blocked slack_connect_lists_sharing_blocked two_factor_setup_required
        user_not_visible too_many_pins
        """,
    Meaning.OURS: """
        as_user_not_supported attachment_payload_limit_exceeded block_mismatch cannot_reply_to_message
        cant_broadcast_message deprecated_endpoint draft_already_deleted draft_already_sent draft_has_conflict
        draft_not_found duplicate_channel_not_found duplicate_external_id duplicate_message_not_found file_deleted
        file_is_deleted file_not_found file_share_limit_reached hash_conflict insecure_request invalid_arg_name
        invalid_arguments invalid_array_arg invalid_attachments invalid_blocks invalid_blocks_format invalid_charset
        invalid_form_data invalid_json invalid_metadata_format invalid_metadata_schema invalid_payload
        invalid_post_type json_not_object markdown_text_conflict max_file_sharing_exceeded
        metadata_must_be_sent_from_app metadata_too_large method_deprecated missing_file_data missing_post_type
        missing_profile_id msg_blocks_too_long msg_too_long no_dual_broadcast_content_update no_text not_implemented
        send_on_behalf_not_allowed too_many_attachments too_many_contact_cards too_many_users unable_to_share_files
        unknown_method view_too_large invalid_cursor invalid_metadata_filter_keys invalid_ts_latest invalid_ts_oldest
        bad_timestamp file_not_shared no_item_specified not_pinnable
        invalid_user_combination method_not_supported_for_channel_type not_enough_users users_list_not_supplied
        """,
}
MEANINGS: dict[str, Meaning] = {code: meaning for meaning, codes in _CODES.items() for code in codes.split()}
"""The meaning of every documented error."""

SENTENCES: dict[Meaning, str] = {
    Meaning.LATER: "Slack asks us to wait",
    Meaning.UNKNOWN: "nobody knows whether it arrived: the answer was lost",
    Meaning.OUT_OF_REACH: "Slack cannot be reached: look at this machine's network and proxy",
    Meaning.APP_OFF: "Slack takes nothing from Alongside: install it again and set SLACK_BOT_TOKEN anew",
    Meaning.PERSON_GONE: "the account is switched off",
    Meaning.CHANNEL_GONE: "Slack knows no such person or channel: put its id right in the site file",
    Meaning.NOT_INVITED: "Alongside is not in this channel: type /invite @Alongside there",
    Meaning.MESSAGE_GONE: "the message cannot be changed any more",
    Meaning.TOO_LATE: "it took too long",
    Meaning.NOT_ALLOWED: "a setting of the workspace or the app forbids it: ask a workspace admin to allow it",
    Meaning.OURS: "Slack takes no such call: this is a bug of Alongside, report it",
    Meaning.UNHEARD_OF: "Slack refused it for a reason that Alongside does not know: report it",
}
"""What an admin reads, and can do."""

_BY_CODE: dict[str, str] = {
    "already_pinned": "it is pinned already",
    "accesslimited": "Slack takes nothing from this machine's network: have its address allowed in the workspace",
    "cant_update_message": "the message is not one that Alongside may change",
    "edit_window_closed": "the workspace lets nobody change messages as old as this one",
    "ekm_access_denied": "the organisation has suspended messages to this channel: ask its admins",
    "is_archived": "the channel is archived: unarchive it, or name another one in the site file",
    "is_inactive": "the channel is archived: unarchive it, or name another one in the site file",
    "message_not_found": "somebody has deleted the message",
    "messages_tab_disabled": "the app's Messages tab is off: switch it on under App Home",
    "missing_args": "there is no app-level token: set SLACK_APP_TOKEN",
    "missing_scope": "the app was installed without a scope that it needs: install it again from its manifest",
    "no_such_subteam": "Slack has no such user group, or it is disabled: put its id right in the site file",
    "not_enabled": "the app's Home tab is off: switch it on under App Home",
    "org_login_required": "the workspace is moving to an Enterprise organisation: wait until that is done",
    "plan_upgrade_required": "user groups need a paid plan: name the people of the crew in the site file",
    "team_added_to_org": "the workspace is moving to an Enterprise organisation: wait until that is done",
    "too_many_pins": "the channel has as many pins as Slack allows: unpin something there",
    "token_expired": "the bot token has expired: set SLACK_BOT_TOKEN anew",
}


class NotShown(Exception):
    """A response URL did not take an answer."""

    def __init__(self, response: WebhookResponse) -> None:
        super().__init__(f"HTTP {response.status_code}")
        self.response = response


NO_ANSWER = (ClientError, TimeoutError, OSError)
"""What a call raises when the network says no."""
SLACKS = (SlackApiError, NotShown, *NO_ANSWER)
"""What a call raises when Slack or the network says no; anything else is a bug."""


@dataclass(frozen=True, slots=True)
class Said:
    """What came of a call that did not go well.

    Attributes:
        code: Slack's word for it, or what happened where it gave none.
        meaning: What that means to us.
        wait: How long Slack asks to wait, where it says so.
    """

    code: str
    meaning: Meaning
    wait: timedelta | None = None

    @property
    def sentence(self) -> str:
        """What happened and what an admin can do, with Slack's word for it."""
        return f"{_BY_CODE.get(self.code) or SENTENCES[self.meaning]} ({self.code})"


def understood(error: Exception) -> Said:
    """What an exception of a call means; one that leaves open what was done is UNKNOWN."""
    if isinstance(error, SlackApiError | NotShown):
        return _refused(error.response)
    if isinstance(error, ClientConnectorError):
        return Said(type(error).__name__, Meaning.OUT_OF_REACH)
    return Said(type(error).__name__, Meaning.UNKNOWN)


def _refused(response: Any) -> Said:
    # The SDK hands over its own response, a webhook's, or aiohttp's when the answer was no JSON.
    status = _status(response)
    code = _code(response)
    if status == 429:
        return Said(code or "ratelimited", Meaning.LATER, _wait(response))
    meaning = MEANINGS.get(code) or _meaning_of(status, code)
    return Said(code or f"HTTP {status}", meaning, _wait(response))


def _status(response: Any) -> int:
    return int(response.status_code if hasattr(response, "status_code") else response.status)


def _meaning_of(status: int, code: str) -> Meaning:
    if status in (404, 410):  # only response URLs come to an end; methods are always there
        return Meaning.TOO_LATE
    # A 200 without an answer that can be read may have been done all the same.
    lost = status >= 500 or status == 408 or (status == 200 and not code)
    return Meaning.UNKNOWN if lost else Meaning.UNHEARD_OF


def _code(response: Any) -> str:
    said = getattr(response, "data", None)
    if said is None and isinstance(body := getattr(response, "body", None), str):
        try:
            said = json.loads(body)
        except ValueError:
            # Some response URLs answer with the bare word.
            return body if body in MEANINGS else ""
    return str(said.get("error") or "") if isinstance(said, Mapping) else ""


def _wait(response: Any) -> timedelta | None:
    headers = getattr(response, "headers", None) or {}
    seconds = str(headers.get("Retry-After") or "")
    return timedelta(seconds=int(seconds)) if seconds.isascii() and seconds.isdigit() and len(seconds) < 7 else None
