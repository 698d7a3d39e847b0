"""Forms of clauses that several conditions have, in a text or (short) in a subject; those of one stand in its own test file."""

from samples.brought import Form

#: In patterns: <name=Q> a figure, <name=S> a difference, <name=P> a percent; <K> the period's noun, <C> the word for targets.
CENTRE = "(?:the average of <mean=Q>|its usual level of <usual=Q>|the <expected=Q> expected)"
SIDE, WHICH, OVER = "(?P<side>above|below)", "(?P<which>upper|lower)", "(?P<side>over|under|above|below)"
LIMITS = (
    Form(rf", significantly {SIDE} (?:{CENTRE}|its usual level) \({WHICH} limit <limit=Q>\)", "beyond"),
    Form(f", {SIDE} its {WHICH} limit of <limit=Q>", "beyond"),
    Form(", within its limits of <low=Q> to <high=Q>", "within"),
    Form(", not (?P<not>above|below) its (?:upper|lower) limit of <end=Q>", "not_beyond"),
    Form(", on its limits, which are both <both=Q>", "on_both"),
    Form("", "nothing"),
)
LEVEL = Form(f", (?:(?:<size=S> )?{SIDE}|on) the <C> of <ref=Q>", "level")
PLAN = (
    Form(
        f", (?:(?:<size=S> )?{SIDE}|on) the <ref=Q>"
        r" (?:planned by then|of the straight line(?P<ends> from .+? to .+? [0-9]+\))?)"
        "(?:, (?P<than>more than|within) the <allowed=S> allowed)?",
        "plan",
    ),
    Form(", before the plan begins", "no_plan"),
)
MUCH = "(?:<points=S>, or <share=P>,|<alone=P>|<size=S>)"
BASE = r"(?P<base>.+?)(?: \(<then=Q>\))?"
FROM = "from <then=Q> (?:in|on) (?P<base>.+?)"
TOTAL = (
    f", with (?P<now>the year to date|the last 12 months) (?:{MUCH} (?P<way>higher|lower) than|the same as)"
    " (?P<old>last year's|the 12 before)"
)
REACHED = (
    ", (?:short of the (?P<short>.+) wanted|meeting the (?P<met>.+) wanted|where a reduction of (?P<none>.+) is wanted"
    "|where no rise is (?P<zero>wanted))"
)
AMONG = "among areas of its kind"
