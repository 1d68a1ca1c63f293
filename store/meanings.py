"""What an error that Slack answers means to us: one word for each thing that we do about it."""

from enum import StrEnum


class Meaning(StrEnum):
    """What stands behind an error, said by what follows from it."""

    LATER = "later"
    """Slack did not do it, and would another time."""
    UNKNOWN = "unknown"
    """It may have been done or not."""
    OUT_OF_REACH = "out_of_reach"
    """There was no connection to Slack: nothing was done, and nothing else would be now."""
    APP_OFF = "app_off"
    """Slack takes nothing at all from the app until an admin acts."""
    PERSON_GONE = "person_gone"
    """The account was switched off, or Slack knows nobody by that id."""
    CHANNEL_GONE = "channel_gone"
    """There is no such conversation any more, or nobody can write in it."""
    NOT_INVITED = "not_invited"
    """The app is not in the channel."""
    MESSAGE_GONE = "message_gone"
    """The message cannot be changed any more."""
    TOO_LATE = "too_late"
    """The moment in which a form could be opened, or an answer given, is over."""
    NOT_ALLOWED = "not_allowed"
    """A setting of the workspace or of the app forbids this one call: an admin must act."""
    OURS = "ours"
    """The call itself is wrong: a bug of ours."""
    UNHEARD_OF = "unheard_of"
    """An error that nobody has written down yet."""
