"""Types a record into its generated form, field by field, as a person does: no field's name is guessed.

The typist knows the record types, as the forms do, and finds each input on the page. What the form does
not offer cannot be typed, and the journey says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import playwright.sync_api

from openipt.core.fields.definitions import FieldDefinition, FieldType, RecordType, is_empty

WIDEST_ROW_OF_BUTTONS = 11


class CannotBeTyped(AssertionError):
    """The page offers no way to type this."""


class FormTypist:
    """Fills one form. `names` tells how the page calls the persons and moments of the case, by their id there."""

    def __init__(self, form: Any, names: Mapping[str, str]) -> None:
        self.form, self.page, self.names = form, form.page, names

    def type(self, kind: RecordType, values: Mapping[str, Any], role: str = "therapist") -> None:
        """Everything the values hold. A value for which there is no field is an error."""
        fields = {part.key: part for part in kind.fields_for(role)}
        unknown = [key for key, value in values.items() if key not in fields and not is_empty(value)]
        if unknown:
            raise CannotBeTyped(f"{kind.id} has no field for {', '.join(sorted(unknown))}")
        self._fields(tuple(fields.values()), values, "")

    def _fields(self, fields: tuple[FieldDefinition, ...], values: Mapping[str, Any], prefix: str) -> None:
        known = {part.key for part in fields}
        unknown = [key for key, value in values.items() if key not in known and not is_empty(value)]
        if unknown:
            raise CannotBeTyped(f"there is no field for {', '.join(unknown)} under {prefix or 'the record'}")
        for part in fields:
            value = values.get(part.key)
            if not part.position and not is_empty(value):
                self.field(part, f"{prefix}{part.key}", value)

    def field(self, part: FieldDefinition, name: str, value: Any) -> None:
        """One field, by its kind."""
        match part.type:
            case FieldType.GROUP:
                self._fields(part.fields, value, f"{name}-")
            case FieldType.ROWS:
                for place, row in enumerate(value):
                    self._fields(part.fields, row, f"{self._row(name, place)}-")
                self._remove_after(name, len(value))
            case FieldType.LIST:
                for place, line in enumerate(value):
                    self.fill(self._row(name, place), "" if line is None else str(line))
                self._remove_after(name, len(value))
            case FieldType.SCORES:
                self._scores(name, value)
            case FieldType.CHOICE:
                self._choice(part, name, value)
            case FieldType.YES_NO:
                self.press(name, "yes" if value else "no")
            case FieldType.YES_NO_WORDS:
                self.press(name, "yes" if value else "no")
                if isinstance(value, str):
                    self.fill(f"{name}-words", value)
            case FieldType.CHOICES | FieldType.CODES:
                self.tick(name, [str(one) for one in value])
            case FieldType.PERSON:
                self._person(name, value)
            case FieldType.PEOPLE:
                self._people(name, value if isinstance(value, list) else [value])
            case FieldType.CODE:
                self._code(name, str(value))
            case FieldType.SCALE if (part.maximum or 0) - (part.minimum or 0) < WIDEST_ROW_OF_BUTTONS:
                self.press(name, str(value))
            case _:
                self.fill(name, str(value))

    # -- single inputs -------------------------------------------------------------------------

    def fill(self, name: str, words: str) -> None:
        """Type into a line."""
        with self._offered(name):
            self.form.locator(f'input[name="{name}"], textarea[name="{name}"]').fill(words)

    def press(self, name: str, value: str) -> None:
        """Press a radio button, by its label."""
        with self._offered(f"{name} = {value}"):
            self.form.locator(f'label:has(> input[name="{name}"][value="{value}"])').click()

    def tick(self, name: str, wanted: list[str]) -> None:
        """Tick these boxes and no others: a draft may have ticked some."""
        boxes = self.form.locator(f'input[type="checkbox"][name="{name}"]')
        there = boxes.evaluate_all("boxes => boxes.map(box => [box.value, box.checked])")
        missing = [one for one in wanted if one not in dict(there)]
        for value, checked in there:
            if checked != (value in wanted):
                self.press(name, value)
        if missing:
            self.fill(f"{name}-new", "; ".join(missing))

    @contextmanager
    def _offered(self, what: str) -> Iterator[None]:
        try:
            yield
        except playwright.sync_api.Error as error:
            raise CannotBeTyped(f"the form on {self.page.url} offers no {what}: {error}") from error

    def _choice(self, part: FieldDefinition, name: str, value: Any) -> None:
        if part.option_label(value) is None and part.open:
            self.fill(f"{name}-other", str(value))
        else:
            self.press(name, str(value))

    def _code(self, name: str, value: str) -> None:
        chosen = self.form.locator(f'select[name="{name}"]')
        if chosen.count():
            with self._offered(f"{name} = {value}"):
                chosen.select_option(**self._option(value))
        else:
            self.fill(name, value)

    def _option(self, value: str) -> dict[str, str]:
        """How an option is chosen: by its name where the case has its own id for it."""
        return {"label": self.names[value]} if value in self.names else {"value": value}

    # -- people ----------------------------------------------------------------------------------

    def _person(self, name: str, value: str) -> None:
        label = self.names.get(value, value)
        chosen = self.form.locator(f'select[name="{name}"]')
        if label in [words.strip() for words in chosen.locator("option").all_text_contents()]:
            chosen.select_option(label=label)
        else:
            self.fill(f"{name}-new", label)

    def _people(self, name: str, values: list[str]) -> None:
        """Those of the inventory by their boxes, others by name."""
        wanted = [self.names.get(value, value) for value in values]
        boxes = self.form.locator(f'label:has(> input[name="{name}"])')
        there = boxes.evaluate_all(
            "labels => labels.map(one => [one.innerText.trim(), one.querySelector('input').checked])"
        )
        for place, (label, checked) in enumerate(there):
            if checked != (label in wanted):
                boxes.nth(place).click()
        new = [label for label in wanted if label not in dict(there)]
        if new:
            self.fill(f"{name}-new", "; ".join(new))

    # -- rows --------------------------------------------------------------------------------------

    def _row(self, name: str, place: int) -> str:
        """The name under which the row at this place stands; rows are added until it is there."""
        names = self._row_names(name)
        while len(names) <= place:
            with self._offered(f"row {place + 1} of {name}"):
                self.form.locator(f'button[name="_rows"][value="{name}:add"]').click()
            grown = self._row_names(name)
            if len(grown) <= len(names):
                raise CannotBeTyped(f"the form on {self.page.url} adds no row to {name}")
            names = grown
        return names[place]

    def _remove_after(self, name: str, kept: int) -> None:
        """Rows that a draft proposes beyond those meant are taken out; a blank one does no harm."""
        for row in self._row_names(name)[kept:]:
            texts = self.form.locator(f'[name="{row}"], [name^="{row}-"]')
            if any(
                texts.evaluate_all(
                    "fields => fields.map(one => one.matches('input[type=text], textarea') && one.value)"
                )
            ):
                self.form.locator(
                    f'button[name="_rows"][value="{name}:remove:{row[len(name) + 1 :]}"]'
                ).click()

    def _row_names(self, name: str) -> list[str]:
        """Names of the rows in their order on the page."""
        return self.form.evaluate(
            """(form, name) => {
              const found = [];
              for (const one of form.querySelectorAll('[name]')) {
                const match = one.name.match(new RegExp('^' + name + '-(\\\\d+)(-|$)'));
                if (match && !one.closest('template')) found.push(name + '-' + match[1]);
              }
              return [...new Set(found)];
            }""",
            name,
        )

    def _scores(self, name: str, values: Mapping[str, Any]) -> None:
        for place, (measure, score) in enumerate(values.items()):
            row = self._row(name, place)
            self._code(f"{row}-measure", measure)
            self.fill(f"{row}-score", str(score))
