"""The top-level keys of rule files, each a form: what an author may write, with a description of every key."""

from collections.abc import Mapping
from typing import Annotated, Any

from alerting.domain.measure import Aggregate, Include, PerDay, Polarity, RollUp, Unit
from alerting.domain.period import PeriodKind
from alerting.domain.rule import KEEP, OnHoliday, Presentation, Remind, Status
from alerting.domain.severity import Severity
from alerting.domain.working_days import ENGLAND
from alerting.rulefile import elsewhere
from alerting.rulefile.forms.base import (
    Form,
    Id,
    OneOf,
    Read,
    Text,
    by_type,
    choice,
    describe,
    id_other_than,
    one_or_many,
    text_of,
)
from alerting.rulefile.forms.checks import DataChecksForm
from alerting.rulefile.forms.context import described, value_problem
from alerting.rulefile.forms.expected import ExpectedForm, HolidaysName
from alerting.rulefile.forms.figures import LevelForm, NotNegative, Number, Positive
from alerting.rulefile.forms.ownership import OwnershipForm
from alerting.rulefile.forms.parameters import ConditionSelection
from alerting.rulefile.forms.selection import (
    OWNERS_OF,
    AreaId,
    AreasSelection,
    ChannelId,
    DigestTo,
    Matching,
    MeasureId,
    MeasuresSelection,
    NotifySelection,
    OwnerId,
    SeveritySelection,
    TopicId,
)
from alerting.rulefile.forms.time import (
    Clock,
    CoversText,
    Day,
    DaysLong,
    FalseAlarms,
    FirstDay,
    LastDay,
    MailBudget,
    MonthName,
    ReviewText,
    RollingForm,
    ScheduleText,
    SpanText,
    WorkingDays,
    Zone,
)
from alerting.rulefile.forms.words import Address, CurrencyCode, MeasureShort, Sentence, Short, SourceName, WebLink

Every = Annotated[PeriodKind, choice(PeriodKind)]
CALLED = {word: word for word in ("target", "standard", "aspiration", "tolerance", "plan")}
_ROLL_UPS = choice({how.value: how for how in RollUp if how is not RollUp.TRUE})


def _roll_up(value: Any) -> RollUp:
    if isinstance(value, bool):
        return RollUp.TRUE if value else RollUp.NONE
    if not isinstance(value, str):
        raise value_problem("wrong-type", f"expected true or mean, found {described(value)}")
    found: RollUp = _ROLL_UPS.read(value)
    return found


RollUpForm = Annotated[
    RollUp,
    Read(
        _roll_up,
        {
            "enum": [True, False, *(how.value for how in RollUp if how is not RollUp.TRUE)],
            "$comment": "`true` or `mean`",
        },
    ),
]
SCALES = {word: word for word in ("thousand", "million", "billion")}


class TopicForm(Form):
    """A heading for measures."""

    id: Id = describe("its id")
    title: Text = describe("what readers see")
    short: Short | None = describe("what tables call it; default the title", None)
    theme: Text | None = describe("the heading above it, in digests", None)
    owner: OwnershipForm = describe("who answers for its measures", ())
    include: Annotated[Include, choice(Include)] = describe(
        "when it stands in monthly drafts and digests", Include.MONTH_AND_QUARTER
    )
    good_looks_like: Text | None = describe("what is wanted of its measures, in notices and digests", None)


class RatioForm(Form):
    """A measure made of two others."""

    numerator: MeasureId = describe("the measure above the line")
    denominator: MeasureId = describe("the measure below the line")


class MeasureKeys(Form):
    """Every key that a measure and an item of a measure share; none must be there."""

    short: MeasureShort | None = describe("what subject lines call it; default the title, in few words", None)
    good_looks_like: Text | None = describe("what is wanted, in notices and digests; default the topic's", None)
    sentence: Sentence | None = describe(
        'how a finding begins, like "{value} of calls were answered"; default from title and value', None
    )
    topic: TopicId | None = describe("its topic", None)
    unit: Annotated[Unit, choice(Unit, elsewhere.UNITS)] | None = describe("what its figures are", None)
    decimals: int | None = describe("digits shown after the point", None, ge=0, le=6)
    unit_name: Text | None = describe(
        "what is counted, in the plural: offences; figures in `places` are written 7th, with a maximum 7th of 8", None
    )
    scale: Annotated[str, choice(SCALES)] | None = describe("figures are in thousands, millions …", None)
    currency: CurrencyCode | None = describe("three letters; default GBP", None)
    per: Positive | None = describe("for rates: per how many", None)
    better: Annotated[Polarity, choice(Polarity, elsewhere.BETTER)] | None = describe("which way is better", None)
    every: Every | None = describe("the finest period it comes in", None)
    target: LevelForm | None = describe("what it should reach; a number, a column, dated, or by area", None)
    called: Annotated[str, choice(CALLED)] | None = describe(
        "the word for the target, also for the number that a rule gives", None
    )
    source: SourceName | None = describe("a key under sources:, or the path of a CSV file", None)
    owner: OwnershipForm = describe("who answers for it; default the topic's owner", ())
    tags: Annotated[tuple[str, ...], one_or_many(Text, "a word or a list of words")] | None = describe(
        "words to select it by", None
    )
    expected: ExpectedForm | None = describe("when a period's figure is due after its end", None)
    checks: DataChecksForm | None = describe("what figures must look like; one that does not is held", None)
    settles_after: DaysLong | None = describe("until then findings are provisional", None)
    covers: CoversText | None = describe("what the printed figure spans: `12 months` or year_to_date", None)
    aggregate: Annotated[Aggregate, choice(Aggregate)] | None = describe(
        "how coarser periods and rolling windows are made; default ratio with n/d, sum for counts and currency, else none",
        None,
    )
    per_day: Annotated[PerDay, choice(PerDay)] | None = describe(
        "compare figures per day, of the calendar or working", None
    )
    rolling: RollingForm | None = describe(
        "judge the value over this span, made by `aggregate`; numerators and denominators are added up, people too: a rate per "
        "head over the span is `of` two measures, the people with `aggregate: last`",
        None,
    )
    minimum: Number | None = describe("least possible value; counts, percents, rates and times: 0; null: none", None)
    maximum: Number | None = describe("greatest possible value; percents: 100; null: none", None)
    smallest_denominator: NotNegative | None = describe("below it there is no verdict: small_numbers", None)
    areas: AreasSelection = describe("areas expected to report; default those that ever did", None)
    roll_up: RollUpForm | None = describe(
        "make parents' figures from all their children's: true adds up counts and currency and makes ratios sum over sum;"
        " other units need mean; sum and ratio are read as true",
        None,
    )
    link: WebLink | None = describe("where to read more", None)
    of: RatioForm | None = describe("made of two other measures", None)


class ItemForm(MeasureKeys):
    """An item; every key not given is its measure's."""

    title: Text = describe("what readers see")


def _title_alone(value: Any) -> ItemForm:
    return ItemForm.model_construct({"title"}, title=text_of(value, "a title"))


Item = Annotated[
    ItemForm,
    OneOf(
        lambda: {"title": Annotated[ItemForm, Read(_title_alone, {"type": "string"})], "keys": ItemForm},
        by_type({str: "title", dict: "keys"}),
        "a title, or a mapping with a title and other keys of a measure",
    ),
]


class MeasureForm(MeasureKeys):
    """Something counted or rated at regular periods, or (with items) several such things of one family."""

    id: Id = describe("its id; items are id/item")
    title: Text = describe("what readers see")
    unit: Annotated[Unit, choice(Unit, elsewhere.UNITS)] = describe("what its figures are")
    better: Annotated[Polarity, choice(Polarity, elsewhere.BETTER)] = describe("which way is better")
    every: Every = describe("the finest period it comes in")
    items: dict[Id, Item] | None = describe("one measure each, by the item's own id", None)
    total: Text | None = describe(
        "the item that the others add up to; where they do not, file, rows and periods are named", None
    )


class WindowForm(Form):
    """Days that mean something special for some series."""

    id: Id | None = describe("its id", None)
    since: FirstDay | None = describe("first day; a month or quarter stands for its first day", None, key="from")
    until: LastDay | None = describe("last day; a month or quarter stands for its last day", None)


class HoldForm(WindowForm):
    """Figures shown but not judged; by the last day of the period."""

    match: Matching = describe("which series")
    until: LastDay = describe("last day; a hold has an end")
    reason: Text = describe("why")


class BreakForm(Form):
    """A day across which nothing is compared, averaged or projected."""

    id: Id | None = describe("its id", None)
    match: Matching = describe("which series")
    on: FirstDay = describe("the first day of the new way of counting")
    reason: Text = describe("why")


class NoteForm(WindowForm):
    """Words that go into every finding of the time."""

    match: Matching = describe("which series")
    say: Text = describe("the words")


class ExclusionForm(WindowForm):
    """Periods left out of every baseline."""

    match: Matching | None = describe("which series; default all", None)
    reason: Text = describe("why")


class AreaForm(Form):
    """A place or unit that measures are broken down by."""

    id: Annotated[str, id_other_than("all", "children", "default")] = describe("its id")
    title: Text = describe("what readers see")
    short: Short | None = describe("what subject lines and tables call it; default the title", None)
    kind: Text | None = describe("what sort of area; a child has its parent's", None)
    parent: AreaId | None = describe("the area it is part of", None)
    owner: OwnershipForm = describe("who answers for it; default the nearest ancestor's owner", ())


class AwayForm(Form):
    """Days on which the deputy is told instead."""

    since: FirstDay = describe("first day", key="from")
    until: LastDay = describe("last day")


class EscalateForm(Form):
    """Whom to tell too when nobody acknowledges."""

    after: WorkingDays = describe("after so long, like `3 working days`")
    to: OwnerId = describe("who is told too")


class QuietHoursForm(Form):
    """Times between which only critical messages go out."""

    since: Clock = describe('from, like "20:00"', key="from")
    until: Clock = describe('until, like "07:00"')


class OwnerForm(Form):
    """A post that answers for an area, a topic or a measure."""

    id: Annotated[str, id_other_than(*OWNERS_OF, "each_owner")] = describe("its id")
    name: Text = describe("what readers see")
    email: Address | None = describe("one plain mail address", None)
    deputy: OwnerId | None = describe("who is told while the owner is away", None)
    away: list[AwayForm] = describe("absences", [])
    escalate: EscalateForm | None = describe("who is told too when nobody acknowledges", None)
    channels: Annotated[tuple[str, ...], one_or_many(ChannelId, "a channel or a list of channels")] = describe(
        "ways to tell; default email", ("email",)
    )
    quiet_hours: QuietHoursForm | None = describe("times for critical messages only", None)
    mail_budget: MailBudget | None = describe("like `20 per day`; beyond it one summary", None)
    false_alarms: FalseAlarms | None = describe(
        "like `at most 1 per month`: how many alerts chance alone may open; `check` holds the rules against it", None
    )


class RolesForm(Form):
    """Who is told of what concerns the engine itself."""

    operator: OwnerId | None = describe("told when the engine or a source is in trouble", None)
    maintainer: OwnerId | None = describe("looks after the rules", None)
    fallback: OwnerId | None = describe("told what cannot be delivered", None)


class RuleForm(Form):
    """A condition, the measures and areas it watches, how serious it is, and whom it tells."""

    id: Id = describe("its id")
    title: Text = describe("what readers see")
    measures: MeasuresSelection = describe("which measures")
    areas: AreasSelection = describe("which areas; default all of the measure", None)
    every: Every | None = describe("judge a coarser period", None)
    when: ConditionSelection = describe("the condition")
    open_after: int = describe("exceptional periods in a row before it opens", 1, key="for", ge=1, le=1000)
    clear_after: int = describe("normal periods in a row before it resolves", 1, ge=1, le=1000)
    severity: SeveritySelection = describe(
        "how serious; default warning", Severity.WARNING, json_schema_extra={"default": Severity.WARNING.word}
    )
    notify: NotifySelection | None = describe("whom to tell; default area_owner", None)
    inhibit: Annotated[str, choice({"areas": "areas", "parent": "parent"})] | None = describe(
        "what an open alert holds back", None
    )
    remind: Annotated[Remind, choice(Remind)] = describe("how often an open alert is told again", Remind.NEVER)
    review_after: ReviewText | None = describe("an acknowledgement lapses then", None)
    status: Annotated[Status, choice(Status)] = describe("shadow: evaluated, told to its author only", Status.ACTIVE)
    author: OwnerId | None = describe("who wrote it", None)
    why: Text | None = describe("why it exists, with its source", None)
    since: FirstDay | None = describe("holds for periods whose last day is this day or later", None, key="from")
    until: LastDay | None = describe("holds for periods whose last day is this day or earlier", None)
    was: Id | None = describe("its former id; alerts carry over", None)


class SilenceForm(WindowForm):
    """Mutes messages, never the judging."""

    id: Id = describe("its id")
    match: Matching = describe("which alerts")
    until: LastDay = describe("last day; a silence has an end")
    reason: Text = describe("why")


class ScheduleForm(Form):
    """When the service evaluates."""

    timezone: Zone = describe("time zone of every time in the rules", "Europe/London")
    financial_year_starts: MonthName = describe(
        "the month in which the financial year begins", 4, json_schema_extra={"default": "april"}
    )
    evaluate: ScheduleText = describe("like `mon-fri 07:00`, or a cron line with named weekdays", "mon-fri 07:00")
    flood: int = describe("more alerts opened at once than this are odd", 50, ge=1)
    holidays: HolidaysName = describe("whose bank holidays are no working days", ENGLAND)
    on_holiday: Annotated[OnHoliday, choice(OnHoliday)] = describe(
        "what falls due on a bank holiday waits for the next_working_day", OnHoliday.SAME_DAY
    )
    keep: SpanText = describe(
        "bodies and pictures of messages are kept so long; what was told, to whom and when, and figures for ever",
        KEEP,
        json_schema_extra={"default": "13 months"},
    )


class DigestForm(Form):
    """A regular message."""

    id: Id = describe("its id")
    to: DigestTo = describe("each_owner, or owners")
    every: ScheduleText | None = describe("like `monday 07:30`", None)
    before: WorkingDays | None = describe("so long before each meeting", None)
    meetings: list[Day] = describe("days of meetings", [])
    about: Matching | None = describe("what it is about; default everything", None)
    form: Annotated[Presentation, choice(Presentation)] = describe(
        "scorecard: two sheets of paper, a line a measure, for a board", Presentation.DIGEST
    )
    on_holiday: Annotated[OnHoliday, choice(OnHoliday)] | None = describe("default the schedule's", None)


#: Sections that are lists of things with ids, and their forms.
LISTS: Mapping[str, type[Form]] = {
    "topics": TopicForm,
    "areas": AreaForm,
    "owners": OwnerForm,
    "measures": MeasureForm,
    "holds": HoldForm,
    "breaks": BreakForm,
    "notes": NoteForm,
    "exclusions": ExclusionForm,
    "rules": RuleForm,
    "silences": SilenceForm,
    "digests": DigestForm,
}
