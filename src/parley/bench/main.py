"""``parley bench``: all measurements in one run, beside their bare loops."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import msgspec
from rich.console import Console
from rich.progress import Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from parley.bench import (
    append,
    attachments,
    delivery,
    desks,
    lists,
    pages,
    postgres,
    processes,
    search,
    sizes,
    verifying,
    web,
)
from parley.bench.append import AppendResult
from parley.bench.attachments import AttachmentsResult
from parley.bench.delivery import DeliveryResult
from parley.bench.desks import Pair
from parley.bench.lists import ListsResult
from parley.bench.measure import Ratio
from parley.bench.pages import PagesResult
from parley.bench.processes import ProcessesResult
from parley.bench.search import SearchResult
from parley.bench.sizes import SizeResult
from parley.bench.verifying import VerifyResult
from parley.bench.web import WebResult
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.language.translate import Translator
from parley.node.desk import calm_collector
from parley.record.beside import processors
from parley.record.dossier.export import Source, export

PARTS: Final = ("dossier", "append", "delivery")
FULL_PARTS: Final = (*PARTS, "processes", "lists", "search", "attachments", "web")
"""``processes`` needs a PostgreSQL server, and says so where there is none."""

_ATTACHED: Final = 1 << 30
AIM: Final = 0.8
AT_LEAST: Final = 0.5
SMALL: Final = 10_000
LARGE: Final = 100_000
MEMORY_MARGIN: Final = 1.15
"""The peak memory at :data:`LARGE` statements over that at :data:`SMALL` is at most this."""


class Results(msgspec.Struct):
    """Everything that was measured; what was left out is null."""

    processors: int
    syncs_per_second: float | None = None
    dossier: VerifyResult | None = None
    memory: dict[int, int] = {}
    sizes: SizeResult | None = None
    append: list[AppendResult] = []
    delivery: DeliveryResult | None = None
    processes: list[ProcessesResult] | None = None
    lists: list[ListsResult] = []
    pages: PagesResult | None = None
    search: list[SearchResult] = []
    attachments: AttachmentsResult | None = None
    web: WebResult | None = None
    not_measured: list[str] = []

    def faults(self) -> list[str]:
        """What is below its bound."""
        found: list[str] = []
        if self.dossier is not None and self.dossier.ratio.ratio < AT_LEAST:
            found.append("dossier")
        if len(self.memory) == 2 and self.memory[LARGE] > MEMORY_MARGIN * self.memory[SMALL]:
            found.append("memory")
        found.extend(
            f"append-{result.batch}" for result in self.append if result.record.ratio < AT_LEAST
        )
        found.extend(f"list-{name}" for result in self.lists for name in result.slow)
        found.extend(f"page{page}" for page in (self.pages.slow if self.pages else ()))
        found.extend(search.faults(self.search))
        found.extend(self.web.faults if self.web is not None else ())
        return found


def run(
    translator: Translator, *, full: bool, as_json: bool, only: Collection[str] | None = None
) -> int:
    """Measure, show the results, and return the exit code: 1 where a bound is not held.

    :param full: more rounds, and more deliveries.
    :param only: some of :data:`FULL_PARTS`; without it all of them, or of :data:`PARTS`.
    """
    only = only or (FULL_PARTS if full else PARTS)
    calm_collector()
    rounds = 7 if full else 3
    results = Results(processors=processors())
    folder = Path(tempfile.mkdtemp(prefix="parley-bench-"))
    try:
        with _steps() as step:
            results.syncs_per_second = append.syncs_per_second(folder / "sync")
            if "append" in only:
                step(translator.text("appending"))
                results.append = append.run(folder / "append", rounds)
            if "delivery" in only:
                step(translator.text("delivering"))
                results.delivery = delivery.run(folder / "delivery", 1000 if full else 200)
            if "processes" in only:
                step(translator.text("appending with several processes"))
                _processes(results, folder / "processes", rounds)
            if "lists" in only:
                results.lists = lists.run(
                    folder / "lists", rounds, lambda n: step(_making(translator, n))
                )
                results.pages = pages.run(
                    folder / "pages", rounds, lambda n: step(_making(translator, n))
                )
            if "search" in only:
                results.search = search.run(
                    folder / "search", rounds, lambda n: step(_making(translator, n))
                )
            if "attachments" in only:
                step(translator.text("fetching an attachment"))
                results.attachments = attachments.run(folder / "attachments", _ATTACHED)
            if "web" in only:
                results.web = web.run(folder / "web", lambda n: step(_making(translator, n)))
            if "dossier" in only:
                _dossier(
                    results, folder / "dossier", rounds, lambda n: step(_making(translator, n))
                )
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    faults = results.faults()
    if as_json:
        sys.stdout.write(json.dumps({**_plain(results), "below": faults}) + "\n")
    else:
        _show(translator, results, faults)
    return 1 if faults else 0


def _processes(results: Results, folder: Path, rounds: int) -> None:
    try:
        results.processes = processes.run(folder, rounds)
    except LookupError:
        results.not_measured.append("processes")
    except ParleyError as error:
        if error.reason is not Reason.DATABASE_DRIVER_MISSING:
            raise
        results.not_measured.append("processes")


def _making(translator: Translator, count: int) -> str:
    return translator.plural("making {n} statement", "making {n} statements", count)


def _dossier(results: Results, folder: Path, rounds: int, making: Callable[[int], None]) -> None:
    with desks.opened(folder) as pair:
        left = folder / desks.CODES[0]
        before = sizes.disk(left)
        for count in (SMALL, LARGE):
            making(count)
            desks.grow(pair, count)
            path = _export(pair, folder / f"{count}.dossier")
            results.memory[count] = verifying.peak_memory(path)
            if count == SMALL:
                results.sizes = sizes.run(pair, left, before)
    results.dossier = verifying.run(path, rounds)


def _export(pair: Pair, path: Path) -> Path:
    with pair.left.database.read() as connection:
        channel = pair.channel(pair.left)
        source = Source(connection, channel, pair.left.vault, pair.left.keys.log, int(time.time()))
        export(source, path)
    return path


def _plain(results: Results) -> dict[str, Any]:
    return {
        "processors": results.processors,
        "syncs_per_second": results.syncs_per_second,
        "dossier": _with_ratio(results.dossier),
        "memory": {str(count): peak for count, peak in results.memory.items()},
        "sizes": results.sizes._asdict() if results.sizes else None,
        "append": [
            {
                "batch": result.batch,
                "record": result.record._asdict(),
                "frame": result.frame._asdict(),
                "frame_bytes": result.frame_bytes,
            }
            for result in results.append
        ],
        "delivery": results.delivery._asdict() if results.delivery else None,
        "processes": (
            None if results.processes is None else [one._asdict() for one in results.processes]
        ),
        "lists": [one._asdict() for one in results.lists],
        "pages": results.pages._asdict() if results.pages else None,
        "search": [one._asdict() for one in results.search],
        "attachments": results.attachments._asdict() if results.attachments else None,
        "web": results.web._asdict() if results.web else None,
        "not_measured": results.not_measured,
    }


def _with_ratio(result: VerifyResult | None) -> dict[str, Any] | None:
    return None if result is None else {**result._asdict(), "ratio": result.ratio._asdict()}


def _show(translator: Translator, results: Results, faults: list[str]) -> None:
    text = translator.text
    table = Table(title=text("Ours beside the bare loop"), title_justify="left")
    table.add_column(text("work"))
    for name in (text("ours"), text("bare"), text("ratio"), text("at least"), text("aim")):
        table.add_column(name, justify="right")
    if results.dossier is not None:
        said = translator.plural(
            "verify a dossier of {n} statement",
            "verify a dossier of {n} statements",
            results.dossier.statements,
        )
        _row(table, said, results.dossier.ratio, results.dossier.statements)
    for result in results.append:
        said = translator.plural(
            "append a batch of {n}, with receipt",
            "append batches of {n}, with receipt",
            result.batch,
        )
        _row(table, said, result.record, result.batch)
        _row(table, text("the same from frame to frame"), result.frame, result.batch)
    if results.attachments is not None:
        fetched = results.attachments
        _row(table, text("fetch an attachment, a MiB"), fetched.ratio, fetched.size >> 20)
    console = Console()
    console.print(table)
    for line in _lines(translator, results):
        console.print(line, markup=False, highlight=False)
    if results.not_measured:
        said = text("Not measured, for want of {what}", what=postgres.WANTED)
        console.print(said, style="bold yellow", markup=False, highlight=False)
    if faults:
        console.print(text("Below the bound: {what}", what=", ".join(faults)), style="bold red")


def _row(table: Table, said: str, ratio: Ratio, statements: int) -> None:
    table.add_row(
        said,
        f"{ratio.ours / statements * 1e6:,.0f} µs",
        f"{ratio.bare / statements * 1e6:,.0f} µs",
        f"{ratio.ratio:.2f}",
        f"{AT_LEAST:.1f}",
        f"{AIM:.1f}",
    )


def _lines(translator: Translator, results: Results) -> Iterator[str]:
    text = translator.text
    yield text("Times are for one statement; medians.")
    if results.syncs_per_second is not None:
        yield text(
            "The disk syncs {rate:number} times a second.", rate=round(results.syncs_per_second)
        )
    for count, peak in results.memory.items():
        yield text(
            "Peak memory of verifying {count:number} statements: {peak:number} MiB",
            count=count,
            peak=round(peak / 2**20),
        )
    if results.delivery is not None:
        yield text(
            "From sending to the receipt over loopback: half within {p50:number} ms, 99 % within"
            " {p99:number} ms",
            p50=round(results.delivery.p50 * 1000),
            p99=round(results.delivery.p99 * 1000),
        )
    for one in results.processes or ():
        yield translator.plural(
            "PostgreSQL, {n} channel: one process appends {one:number} statements a second,"
            " {processes:number} together {several:number} ({ratio} times as many)",
            "PostgreSQL, {n} channels: one process appends {one:number} statements a second,"
            " {processes:number} together {several:number} ({ratio} times as many)",
            one.channels,
            one=round(one.one),
            processes=processes.PROCESSES,
            several=round(one.several),
            ratio=f"{one.ratio:.2f}",
        )
    yield from _list_lines(translator, results.lists)
    yield from _page_lines(translator, results.pages)
    yield from _search_lines(translator, results.search)
    yield from _web_lines(translator, results.web)
    for result in results.append:
        yield text(
            "On the wire in batches of {batch:number}: {size:number} bytes a statement",
            batch=result.batch,
            size=round(result.frame_bytes / result.batch),
        )
    if results.sizes is not None:
        yield text(
            "On disk {disk:number} bytes a statement: {signed:number} signed, {body:number} of"
            " sealed body, the rest indexes, proofs, views and keys",
            disk=round(results.sizes.disk),
            signed=round(results.sizes.signed),
            body=round(results.sizes.body),
        )


def _list_lines(translator: Translator, results: list[ListsResult]) -> Iterator[str]:
    for one in results:
        for name, seconds in one.seconds.items():
            yield translator.text(
                "{name}, with {contacts:number} contacts and {statements:number} statements in a"
                " channel: {spent} ms",
                name=name,
                contacts=one.contacts,
                statements=one.statements,
                spent=f"{seconds * 1000:.1f}",
            )


def _page_lines(translator: Translator, result: PagesResult | None) -> Iterator[str]:
    if result is None:
        return
    for page, seconds in result.seconds.items():
        yield translator.text(
            "{page}, with {count:number} of everything that it lists: {spent} ms on the server",
            page=page,
            count=result.each,
            spent=f"{seconds * 1000:.0f}",
        )


def _search_lines(translator: Translator, results: list[SearchResult]) -> Iterator[str]:
    for one in results:
        yield translator.text(
            "Searching {statements:number} statements: half of the answers within {p50} ms, 95 %"
            " within {p95} ms ({processor} ms of processor time; FTS5 over open texts {fts5} ms);"
            " recall {recall}, precision {precision}; {same} of the best are FTS5's",
            statements=one.statements,
            p50=f"{one.p50 * 1000:.1f}",
            p95=f"{one.p95 * 1000:.1f}",
            processor=f"{one.processor_p95 * 1000:.1f}",
            fts5=f"{one.fts5_p95 * 1000:.1f}",
            recall=f"{one.recall:.3f}",
            precision=f"{one.precision:.3f}",
            same=f"{one.same_best:.2f}",
        )


def _web_lines(translator: Translator, result: WebResult | None) -> Iterator[str]:
    if result is None:
        return
    yield translator.text(
        "{officers:number} officers clicking at a desk with {cases:number} cases: half of the pages"
        " within {p50} ms, 95 % within {p95} ms",
        officers=result.officers,
        cases=result.cases,
        p50=f"{result.p50 * 1000:.0f}",
        p95=f"{result.p95 * 1000:.0f}",
    )
    slowest = max(result.alone, key=result.alone.__getitem__)
    yield translator.text(
        "The page that takes longest, while nobody else asks: {page}, {spent} ms on the server",
        page=slowest,
        spent=f"{result.alone[slowest] * 1000:.0f}",
    )


@contextmanager
def _steps() -> Iterator[Callable[[str], None]]:
    """Say on standard error what is being done, where somebody looks."""
    console = Console(stderr=True)
    with Progress(
        TextColumn("{task.description}", markup=False),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not sys.stderr.isatty(),
    ) as progress:
        task = progress.add_task("", total=None)
        yield lambda said: progress.update(task, description=said)
