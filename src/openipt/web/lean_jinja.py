"""Jinja2 with less work for each word of a page. What comes out is the same: tests/web/test_lean_jinja.py holds it.

A page writes some two thousand values and calls some three hundred macros. Jinja makes a `Markup` of each
value before it is joined to the page, looks at each call for arguments that only filters take, and looks
for globals of a template's own each time one imports another; ours have none.
"""

from __future__ import annotations

from typing import Any

from jinja2 import Environment, Template
from jinja2.compiler import CodeGenerator
from jinja2.runtime import Context, Macro
from markupsafe import Markup, escape

try:
    from markupsafe._speedups import _escape_inner as escaped
except ImportError:
    escaped = escape


def written(value: Any) -> str:
    """The value as it stands on the page: escaped, unless it says that it is HTML already."""
    kind = type(value)
    if kind is str:
        return escaped(value)
    if kind is int or kind is float:
        return str(value)
    return value if kind is Markup else escape(value)


class _Writing(CodeGenerator):
    """Templates write their values by `written`."""

    def _output_child_pre(self, node: Any, frame: Any, finalize: Any) -> None:
        if frame.eval_ctx.autoescape and not frame.eval_ctx.volatile and finalize.src is None:
            self.write("environment.written(")
        else:
            super()._output_child_pre(node, frame, finalize)


class _Calling(Context):
    """A macro is called as it is: it knows that values are escaped."""

    def call(self, called: Any, /, *args: Any, **kwargs: Any) -> Any:
        if type(called) is not Macro:
            return super().call(called, *args, **kwargs)
        kwargs.pop("_block_vars", None)
        kwargs.pop("_loop_vars", None)
        return called(*args, **kwargs)


class _Importing(Template):
    """A template whose macros see the environment's globals, and no others."""

    def _get_default_module(self, ctx: Any = None) -> Any:
        return super()._get_default_module()


class Lean(Environment):
    code_generator_class = _Writing
    context_class = _Calling
    template_class = _Importing
    written = staticmethod(written)
