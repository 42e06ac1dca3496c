"""Reading ahead: items go out to be checked; their facts are folded in the order of the file."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import BrokenExecutor
from typing import Final, NamedTuple, Self, TypeVar

from parley.kernel.errors import Detail, ParleyError
from parley.kernel.reasons import Reason
from parley.record import statement
from parley.record.beside import ProgramEndedError, processors
from parley.record.channel import Channel
from parley.record.dossier import format as fmt
from parley.record.dossier.case import CaseFold
from parley.record.dossier.channel import ChannelFold
from parley.record.dossier.check import Checked, Checker, Disowned, Fault, StatementFacts
from parley.record.dossier.format import Reader
from parley.record.dossier.pool import Beside, Here, Pending, Workshop

BATCH_ITEMS: Final = 256
_BATCH_BYTES: Final = 1 << 20
_LARGE_FILE_BYTES: Final = 3 << 20
"""Some 2,000 statements: with less, other processes would start too late to be of use."""

Fold = ChannelFold | CaseFold
OnFacts = Callable[[StatementFacts, bytes], None]
"""Called with each statement's facts, once it is in its place, and with its item."""

R = TypeVar("R")


class _Batch(NamedTuple):
    """Items under way: the number of the first, their bytes, and where to get their facts."""

    first: int
    items: list[bytes]
    checked: Pending[Checked]


class Pipeline:
    """Checks what a reader reads. A context manager: it owns the processes that it starts.

    At most ``Workshop.ahead`` batches of at most 1 MiB (or one item) are under way at any time.

    :param workers: processes beside this one; none: one for each processor, as soon as the file
        shows itself to be large.
    """

    def __init__(
        self,
        channel: Channel,
        disowned: Disowned,
        fold: Fold,
        workers: int | None,
        on_facts: OnFacts | None,
    ) -> None:
        self._channel = channel
        self._disowned = disowned
        self._fold = fold
        self._on_facts = on_facts
        self._checker = Checker(channel, disowned)
        self._workshop: Workshop = Here(self._checker)
        self._workers = processors() if workers is None else workers
        self._grows_at = _LARGE_FILE_BYTES if workers is None else 0
        self._may_grow = self._workers > (1 if workers is None else 0)
        self._items: list[bytes] = []
        self._bytes = 0
        self._under_way: deque[_Batch] = deque()
        # For each signature of ``fold.signed``: the number of its item.
        self._signed_at: list[int] = []
        self._roots_under_way: deque[tuple[list[int], Pending[Fault | None]]] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._workshop.close()

    def run(self, reader: Reader, size: int, on_batch: Callable[[], None]) -> bytes:
        """Read, check and fold up to the end, and return the last item.

        :param size: bytes of the file, 0 where that is not known.
        :param on_batch: called now and then.
        :raises ParleyError: the first fault, with its place.
        """
        self._grow(size)
        items = iter(reader)
        while True:
            try:
                item = next(items)
            except ParleyError:
                # Whatever is wrong further in front goes first.
                self._finish(reader.number)
                raise
            if item[1:2] == fmt.END_MARK:
                self._finish(reader.number - 1)
                return item
            self._items.append(item)
            self._bytes += len(item)
            if len(self._items) >= BATCH_ITEMS or self._bytes >= _BATCH_BYTES:
                self._grow(reader.offset)
                self._send(reader.number)
                while len(self._under_way) > self._workshop.ahead:
                    self._fold_next()
                on_batch()

    def _grow(self, size: int) -> None:
        """Start processes if a file of ``size`` is worth it."""
        if self._may_grow and size >= self._grows_at:
            self._may_grow = False
            self._workshop = Beside(self._checker, self._channel, self._disowned, self._workers)

    def _finish(self, last: int) -> None:
        """Fold everything up to item ``last``."""
        if self._items:
            self._send(last)
        while self._under_way:
            self._fold_next()
        self._settle()

    def _send(self, last: int) -> None:
        first = last + 1 - len(self._items)
        self._under_way.append(_Batch(first, self._items, self._workshop.batch(self._items)))
        self._items, self._bytes = [], 0

    def _fold_next(self) -> None:
        batch = self._under_way.popleft()
        checked = _wait(batch.checked)
        for place, facts in enumerate(checked.facts):
            try:
                self._fold.take(facts)
            except ParleyError as error:
                self._settle()
                raise placed(error, batch.first + place, batch.items[place]) from error
            if len(self._fold.signed) > len(self._signed_at):
                self._signed_at.append(batch.first + place)
            if self._on_facts is not None and isinstance(facts, StatementFacts):
                self._on_facts(facts, batch.items[place])
        if checked.fault is not None:
            self._settle()
            place = checked.fault.place
            raise placed(checked.fault.error(), batch.first + place, batch.items[place])
        if len(self._signed_at) >= BATCH_ITEMS:
            self._send_signed()
            while len(self._roots_under_way) > self._workshop.ahead:
                self._settle_next()

    def _send_signed(self) -> None:
        signed, self._fold.signed = self._fold.signed, []
        numbers, self._signed_at = self._signed_at, []
        self._roots_under_way.append((numbers, self._workshop.roots(signed)))

    def _settle(self) -> None:
        """See that all receipts so far hold."""
        if self._signed_at:
            self._send_signed()
        while self._roots_under_way:
            self._settle_next()

    def _settle_next(self) -> None:
        numbers, pending = self._roots_under_way.popleft()
        fault = _wait(pending)
        if fault is not None:
            raise placed(fault.error(), numbers[fault.place])


def _wait(pending: Pending[R]) -> R:
    try:
        return pending()
    except (BrokenExecutor, ProgramEndedError) as error:
        raise ParleyError(Reason.INTERNAL, fact="a process beside this one ended") from error


def placed(error: ParleyError, number: int, item: bytes | None = None) -> ParleyError:
    """The same error with the number of its item and, for a statement, its author and number."""
    place: dict[str, Detail] = {"item": number}
    if item is not None:
        try:
            author, data, _ = fmt.read_statement(item)
            place["author"] = author
            place["seq"] = statement.parse(data).envelope.seq
        except ParleyError:
            pass
    return ParleyError(error.reason, **{**place, **error.details})
