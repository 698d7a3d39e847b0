"""Every form that a clause of each condition may have, in a text or (short) in a subject, with the method that reads it."""

#: In patterns: <name=Q> a figure, <name=S> a difference, <name=P> a percent; <K> the period's noun, <C> the word for targets.
CENTRE = "(?:the average of <mean=Q>|its usual level of <usual=Q>|the <expected=Q> expected)"
SIDE, WHICH, OVER = "(?P<side>above|below)", "(?P<which>upper|lower)", "(?P<side>over|under|above|below)"
LIMITS = [
    (rf", significantly {SIDE} (?:{CENTRE}|its usual level) \({WHICH} limit <limit=Q>\)", "beyond"),
    (f", {SIDE} its {WHICH} limit of <limit=Q>", "beyond"),
    (", within its limits of <low=Q> to <high=Q>", "within"),
    (", not (?P<not>above|below) its (?:upper|lower) limit of <end=Q>", "not_beyond"),
    (", on its limits, which are both <both=Q>", "on_both"),
    ("", "nothing"),
]
LEVEL = (f", (?:(?:<size=S> )?{SIDE}|on) the <C> of <ref=Q>", "level")
PLAN = [
    (
        (f", (?:(?:<size=S> )?{SIDE}|on) the <ref=Q> (?:planned by then|of the straight line(?P<ends> from .+? to .+? [0-9]+\\))?)"
        "(?:, (?P<than>more than|within) the <allowed=S> allowed)?"),
        "plan",
    ),
    (", before the plan begins", "no_plan"),
]  # fmt: skip
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
FORMS: dict[str, list[tuple[str, str]]] = {
    "above_upper_limit": LIMITS,
    "below_lower_limit": LIMITS,
    "outside_limits": LIMITS,
    "run": [
        (f", with the last (?P<n>[0-9]+) <K>s (?P<all>both|all) {SIDE} {CENTRE}", "run"),
        (f", (?P<n>[0-9]+) <K>s in a row {SIDE} {CENTRE}", "run"),
        (f", (?P<side>above|below|on) {CENTRE}", "beside_centre"),
    ],
    "average_moved": [
        (", and its average has (?P<way>risen|fallen|moved) from <old=Q> to <new=Q>", "moved"),
        (", and its average of <now=Q> no longer fits and should be set anew", "not_moved"),
        (r", with no move of its average \(<still=Q>\)", "not_moved"),
    ],
    "trend": [
        (", (?P<way>rising|falling) (?:throughout the last|for) (?P<n>[0-9]+) <K>s", "trend"),
        (", (?P<way>higher|lower) than the <K> before", "step"),
        ("", "no_step"),
    ],
    "near_limit": [
        (
            (
                f", (?:(?P<on>on)|close to) its {WHICH} limit of <limit=Q>(?:, and on it or close to it)?"
                "(?: in (?:at least (?P<n>[0-9]+)|each) of the last (?P<of>[0-9]+) <K>s)?"
            ),
            "near",
        ),
        *LIMITS,
    ],
    "target_missed": [LEVEL, (", against (?P<a>an?) <C> of <ref=Q> due by (?P<day>.+)", "due")],
    "outside_range": [
        (
            (
                f", (?:(?:<size=S> )?{SIDE}|(?P<in>within|on)|not (?P<not>above|below)) the (?P<called>.+?) of"
                " (?:<low=Q> to <high=Q>|<end=Q>)"
            ),
            "range",
        ),
    ],
    "band": [
        (
            r", in the (?P<band>\w+) band(?: \((?:below <below=Q>|<from=Q> or more|<low=Q> to below <high=Q>|any value)\))?",
            "band",
        ),
    ],
    "below_trajectory": PLAN,
    "above_trajectory": PLAN,
    "change": [
        (TOTAL, "total"),
        (f", (?P<way>up|down) {FROM}", "change_from"),
        (f", (?P<way>up|down) {MUCH} on {BASE}", "change"),
        (", no change on (?P<base>.+)", "no_change"),
    ],
    "reduction_missed": [
        (TOTAL + REACHED, "total"),
        (f", (?P<way>a rise|a fall) {FROM}{REACHED}", "change_from"),
        (f", (?P<way>a rise|a fall) of {MUCH} on {BASE}{REACHED}", "change"),
        (f", no change on (?P<base>.+?){REACHED}", "no_change"),
    ],
    "variance": [
        (rf", (?:<size=S>(?: \(<share=P>\)|, or <apart=P>,)? )?{OVER} the (?P<column>[a-z ]+) of <ref=Q>", "variance"),
        (rf", in line with the (?P<column>[a-z ]+) of <ref=Q>(?: \(<size=S> {OVER}\))?", "in_line"),
        (", equal to the (?P<column>[a-z ]+) of <ref=Q>", "equal"),
    ],
    "will_miss": [
        (
            (
                r", projected <mid=Q>(?: \([^()]+?(?:–| to )<high=Q>\))? for (?P<when>.+?)"
                "(?P<against>, (?:on|above|below)| against|, which leaves) the (?:<planned=Q> planned by then|<C> of <wanted=Q>)"
                r"(?: open)?(?:; its (?P<ahead>\S+)-<K> projections have been off by <error=S> on average)?"
            ),
            "ahead",
        ),
        LEVEL,
    ],
    "outlier_among_areas": [
        (
            rf", significantly {SIDE} the average of <mean=Q> {AMONG} \({WHICH} limit <limit=Q> for its size\)",
            "outlier",
        ),
        (f", {SIDE} the {WHICH} limit of <limit=Q> {AMONG}", "outlier"),
        (rf", within what is usual {AMONG} \(<low=Q> to <high=Q>(?: for its size)?\)", "within"),
    ],
    "rank": [(r", (?P<place>\S+) of (?P<areas>[0-9]+) areas(?:, where first is best)?", "rank")],
    "not_fresh": [(", the figure has come", "nothing"), ("", "nothing")],
}
