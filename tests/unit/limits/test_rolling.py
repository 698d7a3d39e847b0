"""Limits of a window before the judged period."""

from samples.brought import MethodCase, OfMethod

from alerting.limits.rolling import Rolling

BROUGHT = (
    OfMethod(
        key="rolling",
        cases=(MethodCase(id="rolling", make=lambda _: Rolling(window=6, sigmas=1.5)),),
        worded=lambda _: Rolling(window=6, sigmas=1.0),
    ),
)
