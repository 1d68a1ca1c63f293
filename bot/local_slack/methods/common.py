"""The errors that every method has.

https://docs.slack.dev/reference/methods lists them on the page of each method; those of a JSON body stand on
https://docs.slack.dev/apis/web-api/#errors.
"""

from __future__ import annotations

from bot.local_slack.methods.model import errors

COMMON_GIVEN = errors(
    "account_inactive invalid_arg_name invalid_arguments invalid_array_arg invalid_auth invalid_charset invalid_json "
    "invalid_post_type json_not_object missing_post_type missing_scope not_allowed_token_type not_authed ratelimited "
    "token_revoked unknown_method"
)
COMMON_TOLD = errors(
    "access_denied accesslimited deprecated_endpoint ekm_access_denied enterprise_is_restricted fatal_error "
    "internal_error invalid_form_data is_bot method_deprecated no_permission org_login_required request_timeout "
    "service_unavailable team_added_to_org token_expired two_factor_setup_required"
)
COMMON_ERRORS = COMMON_GIVEN | COMMON_TOLD
