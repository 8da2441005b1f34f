"""The page docs/safety/README.md, from the hazard log: make docs-print."""

from __future__ import annotations

from tests.documentation.markdown import slug
from tests.safety_case.hazards import LIKELIHOODS, MATRIX, NOT_ACCEPTED, SEVERITIES, Hazard, hazards

OPENING = """# Clinical safety case

In the manner of DCB0129: what could harm somebody who uses OpenIPT, how likely and how grave it is, what stands
against it, and which test shows that control at work. Printed from [hazards.toml](hazards.toml) by
`make docs-print`. `make test` fails where this page and the log differ, and where a control's
test is missing, skipped or red.

## What only people can sign

- **Nobody has signed this.** It is written by the project, not by a clinical safety officer. Severity, likelihood
  and the matrix are project defaults (DEFAULT).
- The organisation that deploys OpenIPT keeps its own safety case (in the manner of DCB0160), with a clinical safety
  officer who confirms or changes each line for its own people, hours and channels.
- A clinical reviewer confirms every statement of the manual marked GKU or DEFAULT before it is relied on.
- OpenIPT is not a certified medical device.
- A passing test shows that a control does what it says, not that the control is enough.
"""


def page() -> str:
    """The whole page."""
    return (
        "\n".join([OPENING, _matrix(), _summary(), *(_section(hazard) for hazard in hazards())]).rstrip()
        + "\n"
    )


def _matrix() -> str:
    head = f"| likelihood | {' | '.join(SEVERITIES)} |\n|---|{'---|' * len(SEVERITIES)}"
    rows = [
        f"| {name} | {' | '.join(str(risk) for risk in row)} |"
        for name, row in zip(reversed(LIKELIHOODS), reversed(MATRIX), strict=True)
    ]
    return "\n".join(
        [
            "## Risk, 1 to 5",
            "",
            head,
            *rows,
            "",
            f"{NOT_ACCEPTED} and above is not accepted with its controls.",
            "",
        ]
    )


def _summary() -> str:
    head = "## Hazards\n\n| id | hazard | severity | risk before | risk now |\n|---|---|---|---|---|"
    rows = [
        f"| [{one.id}](#{slug(_heading(one))}) | {one.title} | {one.severity} | {one.risk_before} | {one.risk_after} |"
        for one in hazards()
    ]
    return "\n".join([head, *rows, ""])


def _heading(hazard: Hazard) -> str:
    return f"{hazard.id} {hazard.title}"


def _section(hazard: Hazard) -> str:
    lines = [
        f"### {_heading(hazard)}",
        "",
        f"- **Causes:** {'; '.join(hazard.causes)}",
        f"- **Effect:** {hazard.effect}",
        f"- **Severity:** {hazard.severity}",
        f"- **Likelihood:** {hazard.before} without the controls (risk {hazard.risk_before}), "
        f"{hazard.after} with them (risk {hazard.risk_after})",
    ]
    if hazard.left:
        lines.append(f"- **What software cannot do:** {hazard.left}")
    if hazard.open:
        lines.append(f"- **Not acceptable by software alone. Before taking on a client:** {hazard.open}")
    lines += ["", "| control | shown by |", "|---|---|"]
    for control in hazard.controls:
        lines.append(f"| {control.what} | {'<br>'.join(f'`{test}`' for test in control.tests)} |")
    return "\n".join([*lines, ""])
