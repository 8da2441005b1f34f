"""The hazard log is whole: every control names tests that exist, every risk is weighed."""

from __future__ import annotations

import ast

import pytest

from tests.safety_case.hazards import (
    LIKELIHOODS,
    MATRIX,
    NOT_ACCEPTED,
    ROOT,
    SEVERITIES,
    WITHOUT_DATA,
    Hazard,
    covers,
    hazards,
    unproven,
)

each = pytest.mark.parametrize("hazard", hazards(), ids=lambda hazard: hazard.id)


@each
def test_a_hazard_says_cause_effect_and_what_stands_against_it(hazard: Hazard) -> None:
    assert hazard.causes and hazard.effect and hazard.controls
    assert all(control.what and control.tests for control in hazard.controls)
    assert hazard.severity in SEVERITIES and {hazard.before, hazard.after} <= set(LIKELIHOODS)


@each
def test_its_controls_lower_the_risk_and_what_is_still_too_high_says_what_a_service_must_do(
    hazard: Hazard,
) -> None:
    assert (hazard.risk_after >= NOT_ACCEPTED) == bool(hazard.open)
    assert hazard.risk_after <= hazard.risk_before
    assert LIKELIHOODS.index(hazard.after) < LIKELIHOODS.index(hazard.before)


@each
def test_every_test_it_names_exists_and_runs_with_make_test(hazard: Hazard) -> None:
    for address in (test for control in hazard.controls for test in control.tests):
        path, _, name = address.partition("::")
        assert (ROOT / path).exists(), address
        if name:
            functions = {
                node.name: node
                for node in ast.walk(ast.parse((ROOT / path).read_text()))
                if isinstance(node, ast.FunctionDef)
            }
            assert name in functions, address
            marks = " ".join(ast.unparse(mark) for mark in functions[name].decorator_list)
            assert not any(word in marks for word in ("skip", "xfail", "trial")), address


def test_ids_are_in_order_and_named_once() -> None:
    assert [hazard.id for hazard in hazards()] == [f"H-{n:02}" for n in range(1, len(hazards()) + 1)]


def test_the_matrix_grows_with_severity_and_with_likelihood() -> None:
    assert all(list(row) == sorted(row) for row in MATRIX)
    assert all(list(column) == sorted(column) for column in zip(*MATRIX, strict=True))


def test_a_control_without_a_passing_test_is_named() -> None:
    first = hazards()[0].controls[0].tests
    good = {f"{test}::test_x" if "::" not in test else test: "passed" for h in hazards() for c in h.controls
            for test in c.tests}  # fmt: skip
    assert unproven(good) == []
    for outcome in ("failed", "skipped"):
        assert [line for line in unproven({**good, first[0]: outcome}) if first[0] in line]
    assert unproven({**good, first[0]: WITHOUT_DATA}) == []
    assert [line for line in unproven({n: o for n, o in good.items() if n != first[0]}) if first[0] in line]


def test_an_address_takes_in_its_folder_file_and_examples_and_nothing_beside_them() -> None:
    assert covers("tests/a", "tests/a/test_b.py::test_c")
    assert covers("tests/a/test_b.py", "tests/a/test_b.py::test_c[1]")
    assert covers("tests/a/test_b.py::test_c", "tests/a/test_b.py::test_c[1]")
    assert not covers("tests/a", "tests/ab/test_b.py::test_c")
    assert not covers("tests/a/test_b.py::test_c", "tests/a/test_b.py::test_cd")
