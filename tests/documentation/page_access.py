"""The table of access, as it is asked: who may do what."""

from __future__ import annotations

from tests.documentation.markdown import printed_from, table


def page() -> str:
    from openipt.records.access import (
        TABLE,
        Act,
        Tie,
    )  # knows the tables of the database: after Django has started

    ties = {
        Tie.THERAPIST: "the therapist of the episode",
        Tie.COVER: "who covers for that therapist on the day",
        Tie.SUPERVISOR: "the supervisor of the therapist or of the episode",
        Tie.CLIENT: "the client, in their own episode",
        Tie.ANY_THERAPIST: "a therapist, where there is no episode yet",
        Tie.INTAKE: "who takes enquiries: every therapist, or the logins in `OPENIPT_INTAKE`",
        Tie.MANAGER: "a service lead",
        Tie.ADMINISTRATOR: "an administrator of logins",
        Tie.OPERATOR: "whoever runs `openipt` on the machine, where the keys are",
    }
    opening = f"""# Access: who may do what

{printed_from("the one table in `openipt.records.access`")}
What is not listed is refused. Somebody who has nothing to do with an episode is told no more than that there is
nothing. What is read of another is written into the audit. Which records and fields of an episode each of its people
sees is told with the [record types](records.md); a private note is its author's alone.

"""
    who = table(["tie", "is"], ([tie.value.replace("_", " "), ties[tie]] for tie in Tie))
    heads = ["act", *(tie.value.replace("_", " ") for tie in Tie)]
    rows = [[act.value, *("yes" if tie in TABLE.get(act, ()) else "" for tie in Tie)] for act in Act]
    return f"{opening}## The people\n\n{who}\n## The table\n\n{table(heads, rows)}"
