"""One reader's language: sentences, reasons, times, durations and numbers.

Nothing below the edge makes prose: errors carry codes and facts, cases carry tokens and times,
and a :class:`Translator` turns them into what a person reads.

Placeholders of a sentence are names in braces. ``{name}`` inserts a fact as it is;
``{name:number}``, ``{name:duration}``, ``{name:date}`` and ``{name:datetime}`` insert an integer
(a count, seconds, seconds since the epoch) in the reader's way, and ``{name:name}`` the name of a
token of the protocol. Facts are kept apart from the sentence (see
:mod:`parley.language.isolate`), so a peer's text cannot disturb it.
"""

from __future__ import annotations

import datetime as dt
import string
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton
from babel.lists import format_list
from babel.numbers import format_decimal

from parley.kernel.errors import ParleyError
from parley.language import catalogue, reasons
from parley.language.isolate import isolate, left_to_right
from parley.language.marks import N_, NN_
from parley.language.names import NAMES

__all__ = ["NN_", "N_", "Translator"]


@dataclass(frozen=True)
class _Manner:
    """What the catalogues of Babel do not settle for us."""

    locale: str
    direction: str
    comma: str


# en_GB, because a day stands before its month there, as in diplomatic papers.
_MANNERS: Final = {
    "en": _Manner("en_GB", "ltr", ", "),
    "ru": _Manner("ru", "ltr", ", "),
    "ar": _Manner("ar", "rtl", "، "),
}
_DATE: Final = "d MMM y"
_MONTH: Final = "yMMMM"
_TIME: Final = "%H:%M:%S"
_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
# Texts of our own: the CLDR of Babel lacks the Arabic day and the Arabic list of units.
_UNITS: Final = (
    (86_400, NN_("{n} day", "{n} days")),
    (3600, NN_("{n} hour", "{n} hours")),
    (60, NN_("{n} minute", "{n} minutes")),
    (1, NN_("{n} second", "{n} seconds")),
)
_EASTERN: Final = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
_GROUPED_AT_MOST: Final = 10**18  # nothing is counted so high; a hostile number is shown bare
_MISSING: Final = "?"
_NOTHING: Final = "\u2014"


class Translator:
    """Speaks one of :data:`parley.language.catalogue.LANGUAGES`.

    ``eastern``: numbers and times are written in Eastern Arabic digits, where the language knows
    them; hashes and identifiers never are.
    """

    def __init__(self, language: str, *, eastern: bool = False) -> None:
        manner = _MANNERS[language]
        #: whether numbers are written in Eastern Arabic digits
        self.is_eastern: Final = eastern and language == "ar"
        self.language: Final = language
        #: ``ltr`` or ``rtl``
        self.direction: Final = manner.direction
        self._comma = manner.comma
        self._locale = Locale.parse(manner.locale)
        self._catalogue = catalogue.load(language)
        self._strict = _Formatter(self, lenient=False)
        self._lenient = _Formatter(self, lenient=True)

    def text(self, msgid: str, **facts: Any) -> str:
        """The sentence ``msgid`` in this language, with its facts.

        :raises KeyError: a placeholder has no fact; a mistake of the caller.
        """
        return self._strict.vformat(self._catalogue.gettext(msgid), (), facts)

    def plural(self, singular: str, plural: str, n: int, **facts: Any) -> str:
        """The form that ``n`` asks for; ``{n}`` is the number itself, in the reader's way."""
        sentence = self._catalogue.ngettext(singular, plural, n)
        return self._strict.vformat(sentence, (), {**facts, "n": _Shown(self.number(n))})

    def reason(self, error: ParleyError) -> tuple[str, str]:
        """What happened and what to do, for an error. Never raises: a missing fact shows as ?."""
        what, todo = reasons.TEXTS.get(error.reason, (error.reason.value, ""))
        return self._sentence(what, error.details), self._sentence(todo, error.details)

    def name(self, token: str) -> str:
        """What a token of the protocol is called; a token that has no name is shown as it is."""
        msgid = NAMES.get(token)
        if msgid is None:
            return isolate(token, direction=self.direction)
        return self._catalogue.gettext(msgid)

    def language_name(self, tag: str) -> str:
        """What the language of a tag (BCP 47) is called; a tag that nobody knows is shown bare."""
        try:
            name = Locale.parse(tag, sep="-").get_display_name(self._locale)
        except (ValueError, UnknownLocaleError):
            name = None
        return name or isolate(tag, direction=self.direction)

    def number(self, value: int) -> str:
        """``value`` with its thousands grouped."""
        if abs(value) > _GROUPED_AT_MOST:
            return str(value)
        return self._in_digits(format_decimal(value, locale=self._locale))

    def plain(self, value: int) -> str:
        """``value`` as a name that is a number: nothing is grouped."""
        return self._in_digits(str(value))

    def join(self, items: Iterable[str]) -> str:
        """``a, b and c``; the items are kept apart as facts are."""
        return format_list(
            [isolate(item, direction=self.direction) for item in items], locale=self._locale
        )

    def date(self, timestamp: int, zone: dt.tzinfo = dt.UTC) -> str:
        """The day on which ``timestamp`` (seconds since the epoch) falls in ``zone``."""
        moment = _moment(timestamp)
        if moment is None:
            return str(timestamp)
        day = moment.astimezone(zone)
        return self._in_digits(format_date(day, format=_DATE, locale=self._locale))

    def month(self, day: str) -> str:
        """The month of a day (ISO 8601) with its year; the year alone of what names no month."""
        if len(day) < len("2017-07"):
            return day
        first = dt.date(int(day[:4]), int(day[5:7]), 1)
        return format_skeleton(_MONTH, first, locale=self._locale)

    def datetime(self, timestamp: int, zone: dt.tzinfo = dt.UTC) -> str:
        """Day and time in ``zone``, with UTC beside it where the two differ."""
        moment = _moment(timestamp)
        if moment is None:
            return str(timestamp)
        universal = f"{moment:{_TIME}} UTC"
        local = moment.astimezone(zone)
        if not local.utcoffset():
            return self._comma.join((self.date(timestamp), self._island(universal)))
        if local.date() != moment.date():
            universal = self._comma.join((self.date(timestamp), self._island(universal)))
        else:
            universal = self._island(universal)
        here = self._island(f"{local:{_TIME}} {_offset(local)}")
        return f"{self._comma.join((self.date(timestamp, zone), here))} ({universal})"

    def _in_digits(self, text: str) -> str:
        return text.translate(_EASTERN) if self.is_eastern else text

    def duration(self, seconds: int) -> str:
        """A length of time in its two largest units: ``2 days 4 hours``.

        The sign is not shown; the sentence around it says 'left' or 'overdue'.
        """
        rest = abs(seconds)
        parts: list[str] = []
        for size, forms in _UNITS:
            count, rest = divmod(rest, size)
            if count:
                parts.append(self.plural(*forms, count))
            if len(parts) == 2 or (parts and not count):
                break
        if not parts:
            return self.plural(*_UNITS[-1][1], 0)
        if len(parts) == 1:
            return parts[0]
        template = self._catalogue.gettext(N_("{larger} {smaller}"))
        return template.format(larger=parts[0], smaller=parts[1])

    def _sentence(self, msgid: str, facts: Mapping[str, Any]) -> str:
        return self._lenient.vformat(self._catalogue.gettext(msgid), (), facts) if msgid else ""

    def _island(self, text: str) -> str:
        text = self._in_digits(text)
        return left_to_right(text) if self.direction == "rtl" else text


class _Shown(str):
    """A fact that is already in the reader's way and needs no isolation."""

    __slots__ = ()


class _Formatter(string.Formatter):
    """Fills placeholders with facts; a placeholder is a name, never an attribute or an index."""

    def __init__(self, translator: Translator, *, lenient: bool) -> None:
        self._translator = translator
        self._lenient = lenient

    def get_field(
        self,
        field_name: str,
        args: Sequence[Any],  # noqa: ARG002 - the signature of the base class
        kwargs: Mapping[str, Any],
    ) -> tuple[Any, str]:
        if field_name not in kwargs and self._lenient:
            return _MISSING, field_name
        return kwargs[field_name], field_name

    def format_field(self, value: Any, format_spec: str) -> str:
        if value is None:
            return _NOTHING
        if isinstance(value, _Shown):
            return value
        if type(value) is int:
            return self._integer(value, format_spec)
        if format_spec == "name":
            return self._translator.name(str(value))
        return isolate(str(value), direction=self._translator.direction)

    def _integer(self, value: int, format_spec: str) -> str:
        match format_spec:
            case "number":
                return self._translator.number(value)
            case "duration":
                return self._translator.duration(value)
            case "date":
                return self._translator.date(value)
            case "datetime":
                return self._translator.datetime(value)
            case _:
                return self._translator.plain(value)


def _offset(local: dt.datetime) -> str:
    """``UTC+03:00``; seconds of an offset, which no zone has used for a century, are left out."""
    minutes = round((local.utcoffset() or dt.timedelta()).total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours:02}:{rest:02}"


def _moment(timestamp: int) -> dt.datetime | None:
    """``timestamp`` as a moment, or None where the calendar ends (a peer may claim any number).

    A day of margin at both ends leaves room for every zone.
    """
    try:
        moment = _EPOCH + dt.timedelta(seconds=timestamp)
        _ = moment - dt.timedelta(days=2), moment + dt.timedelta(days=2)
    except OverflowError:
        return None
    return moment
