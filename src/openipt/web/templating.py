"""Django's Jinja2 with one form token for all forms of a page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template.backends import jinja2
from django.utils.html import format_html
from django.utils.safestring import SafeString


class FormToken:
    """The hidden field of a form. Django masks the token anew each time it is asked, which a page with
    fifty forms pays fifty times; one mask for each page hides it as well. A page without forms asks for none.
    """

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self._field: SafeString | None = None

    def __html__(self) -> SafeString:
        if self._field is None:
            self._field = format_html(
                '<input type="hidden" name="csrfmiddlewaretoken" value="{}">', get_token(self._request)
            )
        return self._field

    def __str__(self) -> str:
        return self.__html__()


class Jinja2(jinja2.Jinja2):
    """Gives each page its `csrf_input`."""

    def get_template(self, template_name: str) -> Template:
        return Template(super().get_template(template_name).template, self)


class Template(jinja2.Template):
    def render(self, context: dict[str, Any] | None = None, request: HttpRequest | None = None) -> str:
        if request is None:
            return super().render(context)
        given = {**(context or {}), "request": request, "csrf_input": FormToken(request)}
        return super().render(given)
