"""A search for inputs that a parser does not refuse as it should, guided by coverage (atheris).

``python -m tests.fuzz.search NAME RUNS FOLDER`` searches one parser of the table with ``RUNS``
inputs, and leaves what it has found to be of interest, and what fails, in ``FOLDER``. Half of the
inputs come from the library, half are valid samples with a node of their CBOR changed.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from random import Random

import atheris

with atheris.instrument_imports(include=["parley", "h11", "tomllib"]):
    from tests.fuzz.mutations import mutated
    from tests.fuzz.parsers import PARSERS, refusal

MEGABYTES = 700
"""Memory of the whole process, instrumentation and corpus included."""

LONGEST = 1 << 12
"""Twice the longest sample, at least this: what is longer is more of the same, at a third of the
pace, and the bounds of sizes have tests of their own."""

HANGS_SECONDS = 300
"""By the clock on the wall, which says little on a busy machine."""


def main() -> None:
    """Search; ends with the process."""
    name, runs, folder = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    parser = PARSERS[name]
    samples = parser.samples()
    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, sample in enumerate(samples):
        (corpus / f"sample-{number}").write_bytes(sample)

    def check(data: bytes) -> None:
        started = time.process_time()
        refusal(parser, bytes(data))
        if time.process_time() - started > parser.seconds:
            raise TimeoutError(name)

    def change(data: bytes, most: int, seed: int) -> bytes:
        random = Random(seed)
        if random.random() < 0.5:
            return atheris.Mutate(data, len(data) or 1)
        start = data if random.random() < 0.7 else random.choice(samples)
        return mutated(start, samples, random)[:most]

    atheris.Setup(
        [
            sys.argv[0],
            f"-runs={runs}",
            f"-rss_limit_mb={MEGABYTES}",
            f"-timeout={HANGS_SECONDS}",
            f"-artifact_prefix={folder}/",
            f"-max_len={max(LONGEST, 2 * max(map(len, samples)))}",
            "-print_final_stats=1",
            "-verbosity=0",
            str(corpus),
        ],
        check,
        custom_mutator=change,
    )
    atheris.Fuzz()


if __name__ == "__main__":
    main()
