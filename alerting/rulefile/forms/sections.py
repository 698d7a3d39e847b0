"""The top-level keys of rule files, each a form: what an author may write, with a description of every key."""

from collections.abc import Mapping
from typing import Annotated, Any

from alerting.domain.measure import Aggregate, Include, PerDay, Polarity, RollUp, Unit
from alerting.domain.period import PeriodKind
from alerting.domain.rule import KEEP, Presentation, Remind, Status
from alerting.domain.severity import Severity
from alerting.rulefile import elsewhere
from alerting.rulefile.forms.base import (
    Form,
    Id,
    OneOf,
    Read,
    Text,
    by_type,
    choice,
    id_other_than,
    one_or_many,
    says,
    text_of,
)
from alerting.rulefile.forms.context import complaint, described
from alerting.rulefile.forms.figures import LevelForm, NotNegative, Number, Positive
from alerting.rulefile.forms.parameters import ConditionChosen
from alerting.rulefile.forms.selection import (
    OWNERS_OF,
    AreaId,
    AreasChosen,
    ChannelId,
    DigestTo,
    Matching,
    MeasureId,
    MeasuresChosen,
    NotifyChosen,
    OwnerId,
    SeverityChosen,
    TopicId,
)
from alerting.rulefile.forms.time import (
    Clock,
    CoversText,
    Day,
    DaysLong,
    ExpectedForm,
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
        raise complaint("wrong-type", f"expected true or mean, found {described(value)}")
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

    id: Id = says("its id")
    title: Text = says("what readers see")
    short: Short | None = says("what tables call it; default the title", None)
    theme: Text | None = says("the heading above it, in digests", None)
    owner: OwnerId | None = says("who answers for its measures", None)
    include: Annotated[Include, choice(Include)] = says(
        "when it stands in monthly drafts and digests", Include.MONTH_AND_QUARTER
    )
    good_looks_like: Text | None = says("what is wanted of its measures, in notices and digests", None)


class RatioForm(Form):
    """A measure made of two others."""

    numerator: MeasureId = says("the measure above the line")
    denominator: MeasureId = says("the measure below the line")


class MeasureKeys(Form):
    """Every key that a measure and an item of a measure share; none must be there."""

    short: MeasureShort | None = says("what subject lines call it; default the title, in few words", None)
    good_looks_like: Text | None = says("what is wanted, in notices and digests; default the topic's", None)
    sentence: Sentence | None = says(
        'how a finding begins, like "{value} of calls were answered"; default from title and value', None
    )
    topic: TopicId | None = says("its topic", None)
    unit: Annotated[Unit, choice(Unit, elsewhere.UNITS)] | None = says("what its figures are", None)
    decimals: int | None = says("digits shown after the point", None, ge=0, le=6)
    unit_name: Text | None = says("what is counted, in the plural: offences", None)
    scale: Annotated[str, choice(SCALES)] | None = says("figures are in thousands, millions …", None)
    currency: CurrencyCode | None = says("three letters; default GBP", None)
    per: Positive | None = says("for rates: per how many", None)
    better: Annotated[Polarity, choice(Polarity, elsewhere.BETTER)] | None = says("which way is better", None)
    every: Every | None = says("the finest period it comes in", None)
    target: LevelForm | None = says("what it should reach; a number, a column, dated, or by area", None)
    called: Annotated[str, choice(CALLED)] | None = says("the word for the target", None)
    source: SourceName | None = says("a key under sources:, or the path of a CSV file", None)
    owner: OwnerId | None = says("who answers for it; default the topic's owner", None)
    tags: Annotated[tuple[str, ...], one_or_many(Text, "a word or a list of words")] | None = says(
        "words to select it by", None
    )
    expected: ExpectedForm | None = says("how long after a period's end its figure is due", None)
    settles_after: DaysLong | None = says("until then findings are provisional", None)
    covers: CoversText | None = says("what the printed figure spans: `12 months` or year_to_date", None)
    aggregate: Annotated[Aggregate, choice(Aggregate)] | None = says(
        "how coarser periods and rolling windows are made; default ratio with n/d, sum for counts and currency, else none",
        None,
    )
    per_day: Annotated[PerDay, choice(PerDay)] | None = says(
        "compare figures per day, of the calendar or working", None
    )
    rolling: RollingForm | None = says(
        "judge the value over this span, made by `aggregate`; numerators and denominators are added up, people too: a rate per "
        "head over the span is `of` two measures, the people with `aggregate: last`",
        None,
    )
    minimum: Number | None = says("least possible value; counts, percents, rates and times: 0; null: none", None)
    maximum: Number | None = says("greatest possible value; percents: 100; null: none", None)
    smallest_denominator: NotNegative | None = says("below it there is no verdict: small_numbers", None)
    areas: AreasChosen = says("areas expected to report; default those that ever did", None)
    roll_up: RollUpForm | None = says(
        "make parents' figures from all their children's: true adds up counts and currency and makes ratios sum over sum;"
        " other units need mean; sum and ratio are read as true",
        None,
    )
    link: WebLink | None = says("where to read more", None)
    of: RatioForm | None = says("made of two other measures", None)


class ItemForm(MeasureKeys):
    """An item; every key not given is its measure's."""

    title: Text = says("what readers see")


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

    id: Id = says("its id; items are id/item")
    title: Text = says("what readers see")
    unit: Annotated[Unit, choice(Unit, elsewhere.UNITS)] = says("what its figures are")
    better: Annotated[Polarity, choice(Polarity, elsewhere.BETTER)] = says("which way is better")
    every: Every = says("the finest period it comes in")
    items: dict[Id, Item] | None = says("one measure each, by the item's own id", None)
    total: Text | None = says(
        "the item that the others add up to; where they do not, file, rows and periods are named", None
    )


class WindowForm(Form):
    """Days that mean something special for some series."""

    id: Id | None = says("its id", None)
    since: FirstDay | None = says("first day; a month or quarter stands for its first day", None, key="from")
    until: LastDay | None = says("last day; a month or quarter stands for its last day", None)


class HoldForm(WindowForm):
    """Figures shown but not judged; by the last day of the period."""

    match: Matching = says("which series")
    until: LastDay = says("last day; a hold has an end")
    reason: Text = says("why")


class BreakForm(Form):
    """A day across which nothing is compared, averaged or projected."""

    id: Id | None = says("its id", None)
    match: Matching = says("which series")
    on: FirstDay = says("the first day of the new way of counting")
    reason: Text = says("why")


class NoteForm(WindowForm):
    """Words that go into every finding of the time."""

    match: Matching = says("which series")
    say: Text = says("the words")


class ExclusionForm(WindowForm):
    """Periods left out of every baseline."""

    match: Matching | None = says("which series; default all", None)
    reason: Text = says("why")


class AreaForm(Form):
    """A place or unit that measures are broken down by."""

    id: Annotated[str, id_other_than("all", "children", "default")] = says("its id")
    title: Text = says("what readers see")
    short: Short | None = says("what subject lines and tables call it; default the title", None)
    kind: Text | None = says("what sort of area; a child has its parent's", None)
    parent: AreaId | None = says("the area it is part of", None)
    owner: OwnerId | None = says("who answers for it; default the nearest ancestor's owner", None)


class AwayForm(Form):
    """Days on which the deputy is told instead."""

    since: FirstDay = says("first day", key="from")
    until: LastDay = says("last day")


class EscalateForm(Form):
    """Whom to tell too when nobody acknowledges."""

    after: WorkingDays = says("after so long, like `3 working days`")
    to: OwnerId = says("who is told too")


class QuietHoursForm(Form):
    """Times between which only critical messages go out."""

    since: Clock = says('from, like "20:00"', key="from")
    until: Clock = says('until, like "07:00"')


class OwnerForm(Form):
    """A post that answers for an area, a topic or a measure."""

    id: Annotated[str, id_other_than(*OWNERS_OF, "each_owner")] = says("its id")
    name: Text = says("what readers see")
    email: Address | None = says("one plain mail address", None)
    deputy: OwnerId | None = says("who is told while the owner is away", None)
    away: list[AwayForm] = says("absences", [])
    escalate: EscalateForm | None = says("who is told too when nobody acknowledges", None)
    channels: Annotated[tuple[str, ...], one_or_many(ChannelId, "a channel or a list of channels")] = says(
        "ways to tell; default email", ("email",)
    )
    quiet_hours: QuietHoursForm | None = says("times for critical messages only", None)
    mail_budget: MailBudget | None = says("like `20 per day`; beyond it one summary", None)


class RolesForm(Form):
    """Who is told of what concerns the engine itself."""

    operator: OwnerId | None = says("told when the engine or a source is in trouble", None)
    maintainer: OwnerId | None = says("looks after the rules", None)
    fallback: OwnerId | None = says("told what cannot be delivered", None)


class RuleForm(Form):
    """A condition, the measures and areas it watches, how serious it is, and whom it tells."""

    id: Id = says("its id")
    title: Text = says("what readers see")
    measures: MeasuresChosen = says("which measures")
    areas: AreasChosen = says("which areas; default all of the measure", None)
    every: Every | None = says("judge a coarser period", None)
    when: ConditionChosen = says("the condition")
    open_after: int = says("exceptional periods in a row before it opens", 1, key="for", ge=1, le=1000)
    clear_after: int = says("normal periods in a row before it resolves", 1, ge=1, le=1000)
    severity: SeverityChosen = says(
        "how serious; default warning", Severity.WARNING, json_schema_extra={"default": Severity.WARNING.word}
    )
    notify: NotifyChosen | None = says("whom to tell; default area_owner", None)
    inhibit: Annotated[str, choice({"areas": "areas", "parent": "parent"})] | None = says(
        "what an open alert holds back", None
    )
    remind: Annotated[Remind, choice(Remind)] = says("how often an open alert is told again", Remind.NEVER)
    review_after: ReviewText | None = says("an acknowledgement lapses then", None)
    status: Annotated[Status, choice(Status)] = says("shadow: evaluated, told to its author only", Status.ACTIVE)
    author: OwnerId | None = says("who wrote it", None)
    why: Text | None = says("why it exists, with its source", None)
    since: FirstDay | None = says("holds for periods whose last day is this day or later", None, key="from")
    until: LastDay | None = says("holds for periods whose last day is this day or earlier", None)
    was: Id | None = says("its former id; alerts carry over", None)


class SilenceForm(WindowForm):
    """Mutes messages, never the judging."""

    id: Id = says("its id")
    match: Matching = says("which alerts")
    until: LastDay = says("last day; a silence has an end")
    reason: Text = says("why")


class ScheduleForm(Form):
    """When the service evaluates."""

    timezone: Zone = says("time zone of every time in the rules", "Europe/London")
    financial_year_starts: MonthName = says(
        "the month in which the financial year begins", 4, json_schema_extra={"default": "april"}
    )
    evaluate: ScheduleText = says("like `mon-fri 07:00`, or a cron line with named weekdays", "mon-fri 07:00")
    flood: int = says("more alerts opened at once than this are odd", 50, ge=1)
    keep: SpanText = says(
        "bodies and pictures of messages are kept so long; what was told, to whom and when, and figures for ever",
        KEEP, json_schema_extra={"default": "13 months"},
    )  # fmt: skip


class DigestForm(Form):
    """A regular message."""

    id: Id = says("its id")
    to: DigestTo = says("each_owner, or owners")
    every: ScheduleText | None = says("like `monday 07:30`", None)
    before: WorkingDays | None = says("so long before each meeting", None)
    meetings: list[Day] = says("days of meetings", [])
    about: Matching | None = says("what it is about; default everything", None)
    form: Annotated[Presentation, choice(Presentation)] = says(
        "scorecard: two sheets of paper, a line a measure, for a board", Presentation.DIGEST
    )


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
