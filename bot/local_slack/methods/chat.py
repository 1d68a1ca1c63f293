"""chat.*: https://docs.slack.dev/reference/methods?family=chat."""

from __future__ import annotations

from bot.local_slack.methods.model import Method, Tier, arguments, errors

_WRITE = ("chat:write",)
_CONTENT = (
    "text blocks:blocks attachments:attachments metadata:metadata markdown_text parse "
    "link_names:boolean as_user:boolean"
)

CHAT = (
    Method(
        "chat.postMessage",
        Tier.SPECIAL,
        arguments(
            "channel",
            f"{_CONTENT} thread_ts reply_broadcast:boolean unfurl_links:boolean unfurl_media:boolean "
            "mrkdwn:boolean username icon_emoji icon_url current_draft_last_updated_ts",
        ),
        scopes=_WRITE,
        json=True,
        given=errors(
            "channel_not_found invalid_blocks invalid_blocks_format invalid_metadata_format is_archived "
            "markdown_text_conflict messages_tab_disabled metadata_too_large msg_too_long no_text not_in_channel "
            "too_many_attachments"
        ),
        told=errors(
            "app_access_restricted as_user_not_supported attachment_payload_limit_exceeded cannot_reply_to_message "
            "draft_already_deleted draft_already_sent draft_has_conflict draft_not_found duplicate_channel_not_found "
            "duplicate_message_not_found ekm_access_denied invalid_metadata_schema message_limit_exceeded "
            "metadata_must_be_sent_from_app missing_file_data msg_blocks_too_long rate_limited restricted_action "
            "restricted_action_non_threadable_channel restricted_action_read_only_channel "
            "restricted_action_thread_locked restricted_action_thread_only_channel send_on_behalf_not_allowed "
            "slack_connect_canvas_sharing_blocked slack_connect_file_link_sharing_blocked "
            "slack_connect_lists_sharing_blocked team_not_found too_many_contact_cards"
        ),
    ),
    Method(
        "chat.update",
        Tier.THREE,
        arguments(
            "channel ts",
            f"{_CONTENT} reply_broadcast:boolean file_ids:array unfurled_attachments:attachments",
        ),
        scopes=_WRITE,
        json=True,
        given=errors(
            "cant_update_message channel_not_found invalid_attachments invalid_blocks invalid_blocks_format "
            "invalid_metadata_format is_inactive markdown_text_conflict message_not_found metadata_too_large "
            "msg_too_long no_text too_many_attachments"
        ),
        told=errors(
            "as_user_not_supported block_mismatch blocked_file_type cant_broadcast_message edit_window_closed "
            "external_channel_migrating file_deleted file_is_deleted file_not_found file_share_limit_reached "
            "invalid_metadata_schema max_file_sharing_exceeded message_limit_exceeded metadata_must_be_sent_from_app "
            "no_dual_broadcast_content_update posting_to_channel_denied slack_connect_blocked_file_type "
            "slack_connect_canvas_sharing_blocked slack_connect_clip_sharing_blocked "
            "slack_connect_file_link_sharing_blocked slack_connect_file_upload_sharing_blocked "
            "streaming_state_conflict team_not_found unable_to_share_files update_failed"
        ),
    ),
    Method(
        "chat.postEphemeral",
        Tier.FOUR,
        arguments("channel user", f"{_CONTENT} thread_ts username icon_emoji icon_url"),
        scopes=_WRITE,
        json=True,
        given=errors(
            "channel_not_found invalid_attachments invalid_blocks invalid_blocks_format is_archived "
            "markdown_text_conflict messages_tab_disabled msg_too_long no_text not_in_channel too_many_attachments "
            "user_not_in_channel"
        ),
        told=errors("cannot_reply_to_message message_limit_exceeded restricted_action"),
    ),
    Method(
        "chat.delete",
        Tier.THREE,
        arguments("channel ts", "as_user:boolean"),
        scopes=_WRITE,
        json=True,
        given=errors("cant_delete_message channel_not_found message_not_found"),
    ),
    Method(
        "chat.getPermalink",
        Tier.SPECIAL,
        arguments("channel message_ts"),
        given=errors("channel_not_found message_not_found"),
    ),
)
