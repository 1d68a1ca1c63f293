"""What is unsafe, and what a tool is not to be relied on for."""

from bot import ids
from bot.blocks import restrictions as restriction_blocks
from bot.blocks import unsafe as unsafe_blocks
from bot.forms import restrictions as restriction_forms
from bot.forms import taps
from bot.forms import unsafe as unsafe_forms
from bot.listeners.rows import Act, Heard, Open, Row, drawn
from store import reporting, restricting, unsafe

ROWS: tuple[Row, ...] = (
    Open(
        Heard.COMMAND,
        "/model-feedback",
        word="restrict",
        query=restricting.restrictable,
        view=drawn(restriction_blocks.form),
    ),
    Open(
        Heard.COMMAND,
        "/model-feedback",
        word="lift",
        query=restricting.liftable,
        view=drawn(restriction_blocks.lift_form),
    ),
    Open(Heard.ACTION, ids.REPORT_UNSAFE, query=reporting.reportable, view=drawn(unsafe_blocks.form), with_time=True),
    Act(
        Heard.VIEW,
        ids.FILE_UNSAFE,
        unsafe_forms.modal,
        use_case=unsafe.file_unsafe,
        reply=unsafe_blocks.filed_alone,
    ),
    Act(
        Heard.ACTION,
        ids.MAY_CALL,
        unsafe_forms.tapped,
        use_case=unsafe.say_whether_to_call,
        reply=unsafe_blocks.may_call,
    ),
    Act(
        Heard.VIEW,
        ids.SAY_MAY_CALL,
        unsafe_forms.chosen,
        use_case=unsafe.say_whether_to_call,
        reply=unsafe_blocks.may_call,
    ),
    Act(Heard.ACTION, ids.TAKE, taps.clicked, use_case=unsafe.take),
    Open(
        Heard.ACTION,
        ids.RESTRICT,
        restriction_forms.which,
        query=restricting.restrictable,
        view=drawn(restriction_blocks.form),
    ),
    Act(
        Heard.VIEW,
        ids.SET_RESTRICTION,
        restriction_forms.modal,
        use_case=restricting.restrict,
        reply=restriction_blocks.restricted,
    ),
    Open(Heard.ACTION, ids.LIFT, taps.clicked, query=restricting.liftable, view=drawn(restriction_blocks.lift_form)),
    Act(Heard.VIEW, ids.LIFT_IT, restriction_forms.lift, use_case=restricting.lift, reply=restriction_blocks.lifted),
)
