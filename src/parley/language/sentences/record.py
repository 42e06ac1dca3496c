"""Sentences for reason codes: the record, letters and channels."""

from __future__ import annotations

from typing import Final

from parley.kernel.reasons import Reason

TEXTS: Final[dict[Reason, tuple[str, str]]] = {
    # Record
    Reason.BODY_MALFORMED: (
        "The body lists a path or a digest twice, or has too many fields.",
        "Ask the sender to use software that follows the protocol; nothing was accepted.",
    ),
    Reason.BODY_MISSING: (
        "The body of the statement is missing or not complete.",
        "Ask the sender to send the statement with its whole body; until then it does not count as delivered.",
    ),
    Reason.BODY_WRONG: (
        "The body is not the one that the statement signs.",
        "Ask the sender to send the statement again; keep the message that was refused, it stands in quarantine.",
    ),
    Reason.BODY_UNREADABLE: (
        "The body cannot be opened: its key does not fit, or its bytes were changed on this machine.",
        "Run parley fsck; restore the folder of the vault from the same moment as the database.",
    ),
    Reason.STATEMENT_INCONSISTENT: (
        "The statement names one party, case or digest outside and another inside.",
        "Ask the sender to use software that follows the protocol; nothing was accepted.",
    ),
    Reason.WRONG_AUDIENCE: (
        "This was made for another channel or another party.",
        "Check that the right file or address was used; nothing was accepted.",
    ),
    Reason.KEY_UNKNOWN: (
        "It is signed or sealed with a key that neither the party's letter nor its key statements list.",
        "Compare fingerprints by telephone, and accept the party's new letter if it has one.",
    ),
    Reason.GENESIS_MISSING: (
        "The sender's first statement does not open the channel.",
        "Ask the sender to use software that follows the protocol; nothing was accepted.",
    ),
    Reason.CHAIN_GAP: (
        "Statement {expected} of the sender comes next, but {found} came.",
        "Nothing needs to be done: the desk asks again from where it stands.",
    ),
    Reason.CHAIN_BROKEN: (
        "Statement {seq} does not follow the statement that stands before it in the record.",
        "Ask the other desk for its record of the channel; the statement is kept in quarantine.",
    ),
    Reason.SEEN_WRONG: (
        "The statement claims to have seen something that this desk never signed.",
        "Keep the statement, which stands in quarantine, and ask the other side for an explanation.",
    ),
    Reason.SEEN_AHEAD: (
        "The other side has seen {claimed} of our statements, but this desk holds {held}.",
        "This desk was probably set back to an older state: stop it, and restore the newest database.",
    ),
    Reason.SET_BACK: (
        "The other side holds statements of ours that this desk no longer has.",
        (
            "This desk was set back to an older state. Let parley serve run: they are returned, and "
            "nothing is signed until then."
        ),
    ),
    Reason.HELD_CONTRADICTS: (
        "The other side holds another statement of ours in place of the one in our record.",
        "Stop the desk, keep its folder as it is, and find out who else used its keys.",
    ),
    Reason.FORK_STATEMENT: (
        "The other side signed two different statements with one number.",
        "These two signatures cannot both be honest. Both are kept as evidence; decide what becomes of the channel.",
    ),
    Reason.FORK_ROOT: (
        "The other side signed a checkpoint that its own statements contradict.",
        "The signatures are kept as evidence; decide what becomes of the channel.",
    ),
    Reason.FORK_CHECKPOINT: (
        "The other side signed a statement for a place that its checkpoint had already filled.",
        "Both signatures are kept as evidence; decide what becomes of the channel.",
    ),
    Reason.FORK_RECEIPT: (
        "The other side signed a statement for a place in which it had receipted one of ours.",
        "Its receipt and its statement are kept as evidence; decide what becomes of the channel.",
    ),
    Reason.MIRROR_INCOMPLETE: (
        "The other side's log of {size} statements cannot be rebuilt from what this desk holds.",
        "Nothing needs to be done: the missing statements are asked for at the next contact.",
    ),
    Reason.CHECKPOINT_UNKNOWN: (
        "This desk never signed a checkpoint of {size} statements.",
        "Keep the message, which is refused, and ask the other side for an explanation.",
    ),
    Reason.VAULT_DAMAGED: (
        "Segment {segment} of the vault is missing or damaged.",
        "Restore the folder of the vault from the same moment as the database.",
    ),
    # Keys through time
    Reason.KEYS_MALFORMED: (
        "The key statement contradicts itself, or names a key that was used before.",
        "Ask the party for its key statement again; keep this one, and ask for an explanation.",
    ),
    Reason.KEYS_GAP: (
        "Key statement {expected} of the party comes next, but {found} came.",
        "Ask the party for all its key statements, in order; its desk sends them with its next message.",
    ),
    Reason.KEYS_BROKEN: (
        "Key statement {number} follows another one than the one that this desk holds.",
        "Compare fingerprints by telephone; somebody else may have the party's identity key.",
    ),
    Reason.KEYS_BEHIND: (
        "The other side holds key statement {claimed} of ours, but this desk has only {held}.",
        "This desk was set back: install our newest key statement with the keys that belong to it, or revoke them with new ones.",
    ),
    Reason.KEYS_TOO_MANY: (
        "A key statement has room for {limit} monthly keys.",
        "Ask for fewer months.",
    ),
    Reason.KEYS_NOT_PENDING: (
        "The private keys that this key statement names are not on this desk.",
        "Install the statement that was signed for the newest request; or make a new request and have it signed.",
    ),
    Reason.KEYS_NOT_OURS: (
        "This key statement is of a party that does not belong here.",
        "Use parley key install for our own, parley key accept for one of a party with which there is a channel.",
    ),
    Reason.FORK_KEYS: (
        "There are two different key statements with the number {number}, both signed by the party's identity key.",
        "Trust no key of that party any more. Call it; it needs a new identity, a new letter and a new channel.",
    ),
    Reason.KEY_RETIRED: (
        "It is signed with a key that the party has replaced.",
        "Nothing needs to be done if it was long on its way: the desk sends it again. Otherwise somebody has an old key.",
    ),
    Reason.EPOCH_CLOSED: (
        "It is signed with a key of epoch {epoch}, which had ended by then.",
        "It stands in quarantine. Tell the party: somebody may be using a key that it has given up.",
    ),
    Reason.EPOCH_WRONG: (
        "It is signed with a key of epoch {epoch}, which does not begin in this place.",
        "Ask the sender to use software that follows the protocol; the statement stands in quarantine.",
    ),
    Reason.EPOCH_NOT_OPEN: (
        "The keys were revoked, and the other side has not said yet what it holds of ours.",
        "Nothing needs to be done: the desk asks. Until then nothing new is signed in this channel.",
    ),
    Reason.SEALING_KEY_EXPIRED: (
        "The other side has no key to seal to that may be used now.",
        "Ask the party to draw new sealing keys (parley key sealing); check the clock of this machine.",
    ),
    Reason.IDENTITY_WRONG: (
        "The request is of another party than the identity key.",
        "Take the identity key of the party that asked; sign nothing that was not expected.",
    ),
    Reason.NOTHING_DISOWNED: (
        "The statement is not in our name, or the key that signed it was not revoked.",
        "Only what a revoked key signed in our name can be disowned; see parley key show.",
    ),
    # Letters and channels
    Reason.LETTER_MALFORMED: (
        "The letter of credence contradicts itself.",
        "Ask the other party to issue it again.",
    ),
    Reason.LETTER_OWN: (
        "This is a letter of our own party.",
        "Use the letter that the other party sent.",
    ),
    Reason.LETTER_EXPIRED: (
        "The letter of credence of one side has expired.",
        "Exchange new letters, compare fingerprints, and open a new channel; what is on its way in the old one still arrives.",
    ),
    Reason.SUITE_UNSUPPORTED: (
        "The two parties have no common suite of algorithms or version of the protocol.",
        "Update the older of the two desks.",
    ),
    Reason.ENDPOINT_INVALID: (
        "The address is no plain http or https URL.",
        "Write it as http://host:port or https://host, without user, query or fragment.",
    ),
    Reason.CHANNEL_UNKNOWN: (
        "There is no such channel.",
        "See the channels with parley status; accept the other party's letter to open one.",
    ),
    Reason.CHANNEL_AMBIGUOUS: (
        "{count} channels fit.",
        "Name one by its label or by more of its identifier.",
    ),
    Reason.CHANNEL_EXISTS: (
        "This channel is open already.",
        "See it with parley status; for a second one, give it another label.",
    ),
    Reason.CHANNEL_HALTED: (
        "The channel is halted ({why}).",
        "See parley status and parley evidence list; nothing is sent over it until two officers open it again, where that can be.",
    ),
    # Anchor, rollback, recovery
    Reason.ANCHOR_MISSING: (
        "The anchor of this channel is missing: nothing shows that the database is the newest.",
        (
            "Bring the folder with the anchors back. If it is lost, let parley serve ask the other "
            "side; then parley restore accept, once somebody stands for it."
        ),
    ),
    Reason.ANCHOR_DAMAGED: (
        "The anchor of this channel cannot be read: nothing shows that the database is the newest.",
        "Look into the disk. Then as for a lost anchor: parley serve, and parley restore accept.",
    ),
    Reason.ANCHOR_CONTRADICTS: (
        "The database holds other statements than have left this desk.",
        (
            "Find out where this database comes from. With parley serve the other side returns what "
            "we have signed."
        ),
    ),
    Reason.RECORD_BEHIND: (
        "The database is older than what has left this desk. Nothing is signed from it.",
        "Let parley serve run: the other side returns what is missing, and then we sign again.",
    ),
    Reason.CHANNEL_RECOVERING: (
        "This channel is being recovered ({why}); nothing can be signed in it.",
        "See parley status for what it waits for. Reading and drafting go on.",
    ),
    Reason.HEAD_UNCONFIRMED: (
        (
            "The other side has not answered since this desk was started, and what is new to it would "
            "leave now."
        ),
        (
            "Let parley serve reach the other side first; or say --unconfirmed if you know that this "
            "database is the newest."
        ),
    ),
    Reason.HEAD_WITHHELD: (
        (
            "The other side says that it holds fewer of our statements than it has signed to have "
            "seen. The proof is kept as evidence."
        ),
        "Ask the other side to return them; nothing is signed until then.",
    ),
    Reason.RETURN_WRONG: (
        "What the other side returned does not go with our record and is not taken.",
        "Ask the other side to check its record (parley fsck), and keep this folder as it is.",
    ),
    Reason.RETURN_SHORT: (
        "The other side returned less than has left this desk.",
        (
            "A statement may never have arrived, or is held back: speak with them. If it is lost for "
            "good, parley restore accept gives it up."
        ),
    ),
    Reason.RESTORE_UNACCEPTED: (
        "The record is what the other side says it to be; no anchor confirms it.",
        (
            "Compare with dossiers and pouches of later days if there are any, then parley restore "
            "accept."
        ),
    ),
    Reason.RELEASE_UNDONE: (
        "The draft was released from an old copy of the database and never left; that was undone.",
        "Read it again beside what stands in the case now, and take it through the house again.",
    ),
}
