"""Whose signatures evidence may rest on: the letters and keys at the start of its file."""

from __future__ import annotations

from collections.abc import Iterator

from parley.crypto import checkpoint
from parley.crypto.keys import LogPublic
from parley.kernel import cbor, ids
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record import keyring as keyrings
from parley.record import letter as letters
from parley.record.dossier.format import KEY_STATEMENTS, LetterItem
from parley.record.evidence import format as fmt
from parley.record.evidence.format import KeysItem, SignerItem
from parley.record.keyring import Keyring
from parley.record.letter import Letter
from parley.record.statement import Statement


class Signers:
    """Whose signatures can be checked: the letters and keys that stand at the start of the file."""

    def __init__(self) -> None:
        self._rings: dict[bytes, Keyring] = {}
        self._keys: dict[str, LogPublic] = {}

    def add_letter(self, letter: Letter) -> None:
        """One letter a party: two letters with other keys are no contradiction.

        :raises ParleyError: ``evidence-malformed``.
        """
        if letter.party in self._rings or len(self._rings) >= 2:
            raise fmt.malformed("letter")
        self._rings[letter.party] = Keyring(letter)

    def add_keys(self, data: bytes) -> None:
        """The next key statement of the party whose letter was added last.

        :raises ParleyError: ``evidence-malformed``, as :meth:`Keyring.extended`.
        """
        if not self._rings:
            raise fmt.malformed("keys")
        party, ring = next(reversed(self._rings.items()))
        if ring.number >= KEY_STATEMENTS:
            raise fmt.malformed("keys")
        self._rings[party] = ring.extended(keyrings.read(data))

    def add_key(self, item: SignerItem) -> None:
        """One key a name, where there is no letter.

        :raises ParleyError: ``evidence-malformed``, ``key-invalid``.
        """
        if item.name in self._keys or len(self._keys) >= 2:
            raise fmt.malformed("signer")
        self._keys[item.name] = LogPublic.from_parts(item.ed25519, item.mldsa44)

    @property
    def parties(self) -> tuple[bytes, ...]:
        """The parties whose letters are there."""
        return tuple(self._rings)

    def ring(self, party: bytes) -> Keyring | None:
        """A party's keys, if its letter is there."""
        return self._rings.get(party)

    def author(self, parsed: Statement) -> Keyring:
        """The keys of the party that signed a statement, once the signature is verified.

        :raises ParleyError: ``key-unknown``, ``signature-invalid``, ``statement-inconsistent``.
        """
        for party, ring in self._rings.items():
            if parsed.issuer == ids.party_uri(party):
                parsed.verify(party, ring.epoch(parsed.envelope.epoch).statement)
                return ring
        raise ParleyError(Reason.KEY_UNKNOWN)

    def log_key(self, origin: str) -> LogPublic:
        """The key of the log with this origin.

        :raises ParleyError: ``key-unknown``, ``checkpoint-malformed``.
        """
        party, _channel, epoch = checkpoint.parse_origin(origin)
        ring = self._rings.get(party)
        return self._named(origin) if ring is None else ring.epoch(epoch).log

    def cosigner_key(self, name: str, line: str) -> LogPublic:
        """The key by which the cosigner with this name says that it made ``line``.

        :raises ParleyError: ``key-unknown``.
        """
        kinds = (checkpoint.ED25519_COSIGNATURE, checkpoint.ML_DSA_44_COSIGNATURE)
        for party, ring in self._rings.items():
            if name != checkpoint.cosigner(party):
                continue
            for epoch in ring.epochs:
                raw = (epoch.log.ed25519.raw, epoch.log.mldsa44.raw)
                made = zip(kinds, raw, strict=True)
                if any(checkpoint.made_by(line, name, kind, key) for kind, key in made):
                    return epoch.log
        return self._named(name)

    def _named(self, name: str) -> LogPublic:
        key = self._keys.get(name)
        if key is None:
            raise ParleyError(Reason.KEY_UNKNOWN)
        return key


def read(items: Iterator[bytes]) -> tuple[Signers, bytes]:
    """The signers that come next, and the first item behind them.

    :raises ParleyError: ``evidence-malformed``, ``dossier-truncated``; the errors of letters and
        keys.
    """
    signers = Signers()
    for item in items:
        kind = fmt.kind_of(item)
        if kind == fmt.LETTER_KIND:
            read = cbor.decode_as(item, LetterItem, limit=fmt.SMALL_ITEM_BYTES)
            signers.add_letter(letters.parse(read.data))
        elif kind == fmt.KEYS_KIND:
            keys = cbor.decode_as(item, KeysItem, limit=fmt.SMALL_ITEM_BYTES)
            signers.add_keys(keys.data)
        elif kind == fmt.SIGNER_KIND:
            signers.add_key(cbor.decode_as(item, SignerItem, limit=fmt.SMALL_ITEM_BYTES))
        else:
            return signers, item
    raise ParleyError(Reason.DOSSIER_TRUNCATED)
