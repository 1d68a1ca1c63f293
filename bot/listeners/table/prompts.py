"""Prompts: what an embedding asks, and the answers."""

from bot import ids
from bot.blocks import prompt_plans as plan_blocks
from bot.blocks import prompts as prompt_blocks
from bot.blocks import unsafe as unsafe_blocks
from bot.forms import prompt_plans as plan_forms
from bot.forms import prompts as prompt_forms
from bot.forms import taps
from bot.listeners.rows import Act, Heard, Next, Open, Row, Show, drawn
from store import asking, details, prompts

ROWS: tuple[Row, ...] = (
    Show(
        Heard.COMMAND,
        "/embedding",
        word="prompts",
        query=asking.plans,
        reply=plan_blocks.listed,
        with_policy=True,
    ),
    Open(Heard.ACTION, ids.PLAN_FORM, plan_forms.which, query=asking.choices, view=drawn(plan_blocks.plan_form)),
    Next(Heard.VIEW, ids.PREVIEW_PLAN, plan_forms.modal, query=asking.preview, view=plan_blocks.preview),
    Act(
        Heard.VIEW,
        ids.KEEP_PLAN,
        plan_forms.previewed,
        use_case=asking.keep_plan,
        reply=plan_blocks.plan_kept,
        with_policy=True,
    ),
    *(
        Act(Heard.ACTION, button, taps.clicked, use_case=use_case, reply=plan_blocks.listed, with_policy=True)
        for button, use_case in (
            (ids.PAUSE_PLAN, asking.pause_plan),
            (ids.RESUME_PLAN, asking.resume_plan),
            (ids.END_PLAN, asking.end_plan),
        )
    ),
    Open(Heard.ACTION, ids.COPY_SET, plan_forms.copied, query=asking.to_copy, view=drawn(plan_blocks.set_form)),
    Act(Heard.VIEW, ids.KEEP_SET, plan_forms.questions, use_case=asking.keep_questions, reply=plan_blocks.set_kept),
    Act(Heard.ACTION, ids.ANSWER, prompt_forms.tapped, use_case=prompts.answer_prompt),
    Open(
        Heard.ACTION,
        ids.ANSWER_FORM,
        prompt_forms.one_question,
        query=prompts.to_answer,
        view=drawn(prompt_blocks.answer_form),
    ),
    Act(Heard.VIEW, ids.ENTER_ANSWER, prompt_forms.entered, use_case=details.answer, reply=unsafe_blocks.noted),
    Open(Heard.ACTION, ids.ADD_DETAIL, taps.clicked, query=details.own_prompt, view=drawn(prompt_blocks.detail_form)),
    Act(Heard.VIEW, ids.KEEP_DETAIL, prompt_forms.detail, use_case=details.add_detail, reply=unsafe_blocks.noted),
)
