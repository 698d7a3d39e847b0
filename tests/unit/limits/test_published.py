"""Limits as the source gives them."""

from samples.brought import MethodCase, OfMethod

from alerting.limits.published import Published

BROUGHT = (
    OfMethod(
        key="published",
        cases=(MethodCase(id="published", make=lambda _: Published(), learns=False),),
        worded=lambda _: Published(),
        centre="usual",
    ),
)
