/* A desk as record/ and application/ have it: one channel, one log, one transaction at a time.

   Included by delivery.pml (two honest desks) and hostile.pml (one honest desk, one liar).
   docs/model.md says which line of the product each part stands for.

   A statement is (author, sequence number, version). Two statements of one author and number
   that differ have different versions: 0, and 1 for what should never have been signed. Its
   content (what it has seen) stands in `said`, which nobody can change: that is what a hash is.
   A log is written as a number with two bits a leaf, author and version, the first leaf lowest.
   Leaves of one author stand in order, so this number with its size is the log, and the root of
   the first n leaves is the number modulo 4^n: equal roots are equal logs. */

#ifndef N0
#define N0 2                    /* statements that desk 0 signs, */
#endif
#ifndef N1
#define N1 1                    /* and desk 1 */
#endif
#if N0 > N1
#define MOST N0
#else
#define MOST N1
#endif
#define L (N0 + N1)             /* so many leaves has a full log */
#ifndef FRAME
#define FRAME 2                 /* limits.STATEMENTS_IN_FRAME */
#endif

#ifdef FAULT_REPEAT_UNANSWERED
#define REPEATS_ANSWERED 0
#else
#define REPEATS_ANSWERED 1
#endif

#define OTHER(d)        (1 - (d))
#define PREFIX(c, n)    ((c) & ((1 << (2 * (n))) - 1))
#define BIT(mask, i)    (((mask) >> (i)) & 1)
#define LEAF(a, v)      (2 * (a) + (v))
#define MASK(n)         ((1 << (n)) - 1)

/* Why a channel is halted. */
#define OPEN 0
#define FORK_STATEMENT 1
#define FORK_CHECKPOINT 2
#define FORK_ROOT 3
#define SET_BACK 4
#define HELD_CONTRADICTS 5

/* What an author's statement says: how many of the other's it has seen, the version of the last
   of them, the size of the other's last checkpoint that it has verified, the version of its own
   statement before it. */
typedef Said { byte seen; bit seen_version; byte checkpoint; bit prev; bit exists };
typedef Author { Said at[2 * MOST] };      /* at[2 * number + version] */
Author said[2];
#define SAID(a, s, v) said[a].at[2 * (s) + (v)]

/* What stands in a desk's database. */
typedef Desk {
    byte size;                  /* the log: its leaves, */
    int code;
    byte count[2];              /* how many of them are whose, */
    byte versions[2];           /* and which versions, a bit a statement */
    byte receipted;             /* outbox: own statements below have a receipt */
    byte cosigned;              /* own log: greatest size with the other's cosignature */
    byte delivered;             /* outbox: our receipts up to this size have arrived */
    int receipts;               /* sizes at which we have signed a receipt, a bit each */
    int checkpoints;            /* sizes of our log that we have signed */
    byte theirs;                /* greatest checkpoint of the other that we verified, cosigned */
    byte receipt;               /* greatest receipt of the other that we verified */
    byte mirror; byte mirror_theirs; int mirror_code;   /* the other's log as rebuilt so far */
    byte state
};
Desk db[2];

/* The message at hand: what application/message.py has. */
hidden byte m_from; hidden byte m_upto; hidden byte m_versions;      /* statements from ... up to (without) */
hidden byte m_size; hidden int m_code;                        /* the log to which its proofs belong */
hidden byte m_checkpoint;                              /* size of the checkpoint, or 0 */
hidden int m_receipts;                                 /* sizes of the receipts, a bit each */
hidden byte m_cosigned;                                /* size of the other's log that it cosigns, or 0 */
hidden byte m_held; hidden byte m_held_version;                /* the head of the other that it holds */
hidden byte m_false_cosignature;                /* over no checkpoint of ours */

/* Scratch: always 0 between steps. */
hidden byte i, j, k, fresh, repeated_from, repeated_upto;
hidden byte again, again_from;                  /* a message that begins with what had arrived */
hidden byte x_size, x_theirs, x_ours, previous;
hidden int x_code;
hidden byte refused, repeated, fine;
hidden Desk before;                                    /* to undo a step by: a transaction */

inline forget() {
    m_from = 0; m_upto = 0; m_versions = 0; m_size = 0; m_code = 0; m_checkpoint = 0;
    m_receipts = 0; m_cosigned = 0; m_held = 0; m_held_version = 0;
    m_false_cosignature = 0;
    again = 0; again_from = 0; i = 0; j = 0; k = 0; fresh = 0; refused = 0; repeated = 0; fine = 0; previous = 0;
    repeated_from = 0; repeated_upto = 0;
    x_size = 0; x_theirs = 0; x_ours = 0; x_code = 0
}

/* record/ledger.py: put one leaf at the end of the log. */
inline append(d, a, v) {
    db[d].code = db[d].code | (LEAF(a, v) << (2 * db[d].size));
    db[d].size++;
    db[d].versions[a] = db[d].versions[a] | ((v) << db[d].count[a]);
    db[d].count[a]++
}

/* record/ledger.py: sign an own statement over what the log holds. */
inline sign(d, v) {
    k = db[d].count[d];
    SAID(d, k, v).exists = 1;
    SAID(d, k, v).seen = db[d].count[OTHER(d)];
    SAID(d, k, v).seen_version =
        (db[d].count[OTHER(d)] -> BIT(db[d].versions[OTHER(d)], db[d].count[OTHER(d)] - 1) : 0);
    SAID(d, k, v).checkpoint = db[d].theirs;
    SAID(d, k, v).prev = (k -> BIT(db[d].versions[d], k - 1) : 0);
    append(d, d, v);
    k = 0
}

/* record/mirror.py: the other's log of `n` leaves as its statements and ours give it, in
   x_code, x_theirs, x_ours; `fine` where we have them all. What was rebuilt before is kept. */
inline rebuild(d, n) {
    x_size = 0; x_theirs = 0; x_code = 0; fine = 1;
    if
    :: db[d].mirror <= n ->
        x_size = db[d].mirror; x_theirs = db[d].mirror_theirs; x_code = db[d].mirror_code
    :: else
    fi;
    x_ours = x_size - x_theirs;
    do
    :: x_size >= n || !fine -> break
    :: else ->
        if
        :: x_theirs < db[d].count[OTHER(d)] &&
           x_size >= x_theirs +
               SAID(OTHER(d), x_theirs, BIT(db[d].versions[OTHER(d)], x_theirs)).seen ->
            x_code = x_code |
                (LEAF(OTHER(d), BIT(db[d].versions[OTHER(d)], x_theirs)) << (2 * x_size));
            x_theirs++; x_size++
        :: else ->
            if
            :: x_ours < db[d].count[d] ->
                x_code = x_code | (LEAF(d, BIT(db[d].versions[d], x_ours)) << (2 * x_size));
                x_ours++; x_size++
            :: else -> fine = 0
            fi
        fi
    od
}

inline rebuild_anew(d, n) {
    previous = db[d].mirror; db[d].mirror = L + 1;
    rebuild(d, n);
    db[d].mirror = previous; previous = 0
}

inline keep_rebuilt(d) {
    if
    :: x_size > db[d].mirror ->
        db[d].mirror = x_size; db[d].mirror_theirs = x_theirs; db[d].mirror_code = x_code
    :: else
    fi
}

inline copy(to, from) {
    to.size = from.size; to.code = from.code;
    to.count[0] = from.count[0]; to.count[1] = from.count[1];
    to.versions[0] = from.versions[0]; to.versions[1] = from.versions[1];
    to.receipted = from.receipted; to.cosigned = from.cosigned; to.delivered = from.delivered;
    to.receipts = from.receipts; to.checkpoints = from.checkpoints; to.theirs = from.theirs;
    to.receipt = from.receipt; to.mirror = from.mirror;
    to.mirror_theirs = from.mirror_theirs; to.mirror_code = from.mirror_code;
    to.state = from.state
}

inline clear(it) {
    it.size = 0; it.code = 0; it.count[0] = 0; it.count[1] = 0; it.versions[0] = 0;
    it.versions[1] = 0; it.receipted = 0; it.cosigned = 0; it.delivered = 0; it.receipts = 0;
    it.checkpoints = 0; it.theirs = 0; it.receipt = 0; it.mirror = 0; it.mirror_theirs = 0;
    it.mirror_code = 0; it.state = 0
}

inline halt(d, why) { db[d].state = (db[d].state -> db[d].state : why) }

/* application/intake.py, _check_held: the other's word on what it has of ours. */
inline check_held(d) {
    if
#ifdef FAULT_OLD_HEAD_CONVICTS
    :: m_held < db[d].receipted -> halt(d, HELD_CONTRADICTS)
#endif
    :: m_held > db[d].count[d] -> halt(d, SET_BACK)
    :: m_held && m_held <= db[d].count[d] && m_held_version != BIT(db[d].versions[d], m_held - 1) ->
        halt(d, HELD_CONTRADICTS)
    :: else
    fi
}

/* record/intake.py: statements in order, up to the first that is kept out. */
inline admit(d) {
    j = m_from;
    do
    :: j >= m_upto || refused -> break
    :: else ->
        k = BIT(m_versions, j);
        if
        :: j < db[d].count[OTHER(d)] ->
            /* Held already: byte for byte, or a fork. */
            if
            :: k != BIT(db[d].versions[OTHER(d)], j) ->
#ifndef FAULT_FORK_UNSEEN
                halt(d, FORK_STATEMENT);
#endif
                refused = 1
            :: else ->
#ifdef FAULT_TWICE
                append(d, OTHER(d), k); fresh++;
                db[d].count[OTHER(d)]--;
#endif
                if
                :: !fresh && !repeated -> repeated = 1; repeated_from = j; repeated_upto = j + 1
                :: !fresh && repeated -> repeated_upto = j + 1
                :: else
                fi
            fi
        :: else ->
            if
            :: db[d].theirs > j + SAID(OTHER(d), j, k).seen ->
                halt(d, FORK_CHECKPOINT); refused = 1
#ifndef FAULT_RECEIPT_FREE
            :: db[d].theirs <= j + SAID(OTHER(d), j, k).seen &&
               db[d].receipt > j + SAID(OTHER(d), j, k).seen ->
                halt(d, FORK_CHECKPOINT); refused = 1
#endif
            :: else ->
                refused =
#ifndef FAULT_GAP_TAKEN
                    j > db[d].count[OTHER(d)] ||
#endif
                    (j && SAID(OTHER(d), j, k).prev != BIT(db[d].versions[OTHER(d)], j - 1)) ||
#ifndef FAULT_SEEN_FALLS
                    (j && SAID(OTHER(d), j, k).seen < SAID(OTHER(d), j - 1,
                        BIT(db[d].versions[OTHER(d)], j - 1)).seen) ||
#endif
                    SAID(OTHER(d), j, k).seen > db[d].count[d] ||
                    (SAID(OTHER(d), j, k).seen && SAID(OTHER(d), j, k).seen_version !=
                        BIT(db[d].versions[d], SAID(OTHER(d), j, k).seen - 1)) ||
                    (SAID(OTHER(d), j, k).checkpoint &&
                        !BIT(db[d].checkpoints, SAID(OTHER(d), j, k).checkpoint));
                if
                :: !refused -> append(d, OTHER(d), k); fresh++
                :: else
                fi
            fi
        fi;
        k = 0; j++
    od;
    j = 0
}

/* record/mirror.py, accept_receipt. */
inline take_receipt(d, n) {
    if
    :: n < db[d].mirror && db[d].receipt >= n -> skip    /* covered by one that we have */
    :: else ->
        rebuild(d, n);
        if
        :: !fine -> refused = 1
        :: else ->
#ifdef FAULT_MIRROR_POISONED
            keep_rebuilt(d);
#endif
            if
            :: x_ours <= db[d].receipted -> skip
#ifdef FAULT_RECEIPT_UNCHECKED
            :: x_ours > db[d].receipted ->
#else
            :: x_ours > db[d].receipted && PREFIX(m_code, n) != x_code ->
                refused = 1
            :: x_ours > db[d].receipted && PREFIX(m_code, n) == x_code ->
#endif
                keep_rebuilt(d);
                db[d].receipt = n;
#ifdef FAULT_RECEIPT_FOR_ALL
                db[d].receipted = db[d].count[d]
#else
                db[d].receipted = x_ours
#endif
            fi
        fi
    fi
}

/* record/mirror.py, accept_checkpoint and cosign. */
inline take_checkpoint(d) {
    rebuild(d, m_checkpoint);
    if
#ifdef FAULT_COSIGNS_UNREBUILT
    :: !fine -> db[d].theirs = m_checkpoint
#else
    :: !fine -> refused = 1
#endif
    :: fine && PREFIX(m_code, m_checkpoint) != x_code ->
#ifdef FAULT_ROOT_UNCHECKED
        db[d].theirs = (m_checkpoint > db[d].theirs -> m_checkpoint : db[d].theirs)
#else
        halt(d, FORK_ROOT)
#endif
    :: else ->
        keep_rebuilt(d);
        db[d].theirs = (m_checkpoint > db[d].theirs -> m_checkpoint : db[d].theirs)
    fi
}

/* record/mirror.py, accept_cosignature: over a checkpoint that we have signed. */
inline take_cosignature(d) {
    if
    :: m_false_cosignature || !BIT(db[d].checkpoints, m_cosigned) -> refused = 1
    :: else -> db[d].cosigned = (m_cosigned > db[d].cosigned -> m_cosigned : db[d].cosigned)
    fi
}

/* application/intake.py, take: everything that is right, in one transaction. */
inline take(d) {
    check_held(d);
    if
    :: db[d].state == OPEN ->
        copy(before, db[d]);
        admit(d);
        if
        :: db[d].state != OPEN ->       /* a fork: nothing of this message is kept but the proof */
            i = db[d].state; copy(db[d], before); db[d].state = i; i = 0
        :: else
        fi;
        clear(before)
    :: else
    fi;
    if
    :: db[d].state == OPEN && !refused ->
        i = 1;
        do
        :: i > L || refused -> break
        :: else ->
            if
            :: BIT(m_receipts, i) -> take_receipt(d, i)
            :: else
            fi;
            i++
        od;
        i = 0;
        if
        :: m_checkpoint && !refused -> take_checkpoint(d)
        :: else
        fi;
        if
        :: m_cosigned && !refused && db[d].state == OPEN -> take_cosignature(d)
        :: else
        fi
    :: else
    fi;
    if
    :: fresh && db[d].state == OPEN -> db[d].receipts = db[d].receipts | (1 << db[d].size)
    :: else
    fi
}

/* application/exchange.py, _compose: the next message of desk d, into m_... of the caller's
   choice. `wish` asks for own statements (a desk that was set back). */
inline compose(d) {
    m_from = (again && again_from < db[d].receipted -> again_from : db[d].receipted);
    m_upto = (db[d].count[d] - m_from > FRAME -> m_from + FRAME : db[d].count[d]);
    m_versions = db[d].versions[d];
    m_size = db[d].size; m_code = db[d].code;
    m_held = db[d].count[OTHER(d)];
    m_held_version = (m_held -> BIT(db[d].versions[OTHER(d)], m_held - 1) : 0);
    /* Beyond the end of a batch that is cut the other cannot rebuild our log. */
    x_size = (m_upto == db[d].count[d] -> db[d].size :
        m_upto + SAID(d, m_upto - 1, BIT(db[d].versions[d], m_upto - 1)).seen);
#ifdef FAULT_COSIGNS_UNREBUILT
    m_checkpoint = db[d].size;
#else
    m_checkpoint = (m_upto == db[d].count[d] -> db[d].size : 0);
#endif
    db[d].checkpoints = db[d].checkpoints | (m_checkpoint -> (1 << m_checkpoint) : 0);
    m_cosigned = db[d].theirs;
    /* Receipts that the other may lack, and again those of what it repeats. */
    previous = 0; i = 1;
    do
    :: i > x_size -> break
    :: else ->
        if
        :: BIT(db[d].receipts, i) ->
            x_theirs = 0; j = 0;
            do
            :: j >= i -> break
            :: else -> x_theirs = x_theirs + (((db[d].code >> (2 * j + 1)) & 1) != d); j++
            od;
            j = 0;
            if
            :: i > db[d].delivered ||
               (REPEATS_ANSWERED && repeated && previous < repeated_upto && repeated_from < x_theirs) ->
                m_receipts = m_receipts | (1 << i)
            :: else
            fi;
            previous = x_theirs
        :: else
        fi;
        i++
    od;
    i = 0; x_size = 0; x_theirs = 0; previous = 0
}

/* What the world has seen of each desk's signatures: the greatest log, and its statements. */
byte shown_size[2]; int shown_code[2]; byte shown_count[2]; byte shown_versions[2];

hidden byte s; hidden byte least; hidden byte greatest;
hidden byte no_fork_is_signed = 1;

/* no_fork_is_signed: of what leaves a desk, no two signatures contradict each other. */
inline exhibit(d) {
    greatest = m_checkpoint; s = L;
    do
    :: s == 0 -> break
    :: else ->
        greatest = ((BIT(m_receipts, s) && s > greatest) -> s : greatest); s--
    od;
    least = (greatest < shown_size[d] -> greatest : shown_size[d]);
    no_fork_is_signed = PREFIX(m_code, least) == PREFIX(shown_code[d], least);
    if
    :: greatest > shown_size[d] ->
        shown_size[d] = greatest; shown_code[d] = PREFIX(m_code, greatest)
    :: else
    fi;
    least = (m_upto < shown_count[d] -> m_upto : shown_count[d]);
    no_fork_is_signed = no_fork_is_signed &&
        (m_versions & MASK(least)) == (shown_versions[d] & MASK(least));
    if
    :: m_upto > shown_count[d] ->
        shown_count[d] = m_upto; shown_versions[d] = m_versions & MASK(m_upto)
    :: else
    fi;
    assert(no_fork_is_signed);
    greatest = 0; least = 0
}
