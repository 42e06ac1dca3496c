/* Two honest desks, of which desk 0 is set back to an older copy of its database once.

   Desk 0 keeps an anchor outside the database: how far its record had come when something of it
   last left the desk. After a start it shows nothing new before the other has answered: what the
   other says of heads, and the anchor, tell it that its record is whole, or it is read-only until
   the other has returned what it lost (application/recovery.py, application/restoring.py).

   -DANCHOR_BACK    the anchor goes back with the database, as when a whole disk does. What left
                    and never arrives is then signed again: only what the other gets counts
   -DNOTHING_FLIES  no frame is on its way at the moment of the loss
   -DFAIR           the network loses and repeats only so often: then everything has to arrive */

#define SETBACK

/* More of the message: what was signed about heads, and statements returned to who lost them. */
hidden byte m_held_receipted; hidden byte m_own; hidden byte m_bare; hidden byte m_lost;
hidden byte m_returned; hidden byte m_returned_versions;

#include "desk.pml"
#include "network.pml"

typedef Anchor { byte count; bit version; byte size; int code; byte peers };
Anchor anchor; Anchor old_anchor;
Desk copied;
bit recovering; bit unconfirmed;                /* of desk 0 */
byte lost_from; byte lost_held; bit lost;       /* what desk 1 knows that desk 0 has lost */

hidden byte nobody_is_convicted = 1;
hidden byte logs_agree = 1;
hidden byte receipt_means_held = 1;
hidden byte mirror_is_true = 1;
hidden byte x; hidden byte y; hidden byte trouble; hidden byte whole; hidden byte base;

#define WHOLE (!recovering && !unconfirmed)

inline check() {
#ifdef TRACE
    printf("0: size %d code %d receipted %d cosigned %d mirror %d state %d recovering %d new %d\n",
        db[0].size, db[0].code, db[0].receipted, db[0].cosigned, db[0].mirror, db[0].state,
        recovering, unconfirmed);
    printf("1: size %d code %d receipted %d cosigned %d mirror %d state %d lost %d\n",
        db[1].size, db[1].code, db[1].receipted, db[1].cosigned, db[1].mirror, db[1].state, lost);
#endif
    nobody_is_convicted = db[0].state == OPEN && db[1].state == OPEN;
    assert(nobody_is_convicted);
    if
    :: WHOLE ->
        /* receipt_means_held: again, once the desk calls its record whole. */
        receipt_means_held =
            db[0].receipted <= db[1].count[0] && db[1].receipted <= db[0].count[1];
        /* logs_agree: both hold both chains byte for byte as far as both have them. */
        least = (db[0].count[0] < db[1].count[0] -> db[0].count[0] : db[1].count[0]);
        logs_agree =
            (db[0].versions[0] & MASK(least)) == (db[1].versions[0] & MASK(least)) &&
            db[1].count[0] <= db[0].count[0] && db[0].count[1] <= db[1].count[1];
        /* mirror_is_true: what the other rebuilt of our log is what we have. */
        mirror_is_true = db[1].mirror <= db[0].size &&
            PREFIX(db[0].code, db[1].mirror) == db[1].mirror_code;
        assert(receipt_means_held); assert(logs_agree); assert(mirror_is_true);
        least = 0
    :: else
    fi
}

/* store/rewind.py: cut the log of desk 0 down to `n` leaves, none of the rest ever left it. */
inline cut(n) {
    x_code = PREFIX(db[0].code, n);
    x = db[0].versions[0]; y = db[0].versions[1];
    db[0].size = 0; db[0].code = 0;
    db[0].count[0] = 0; db[0].count[1] = 0; db[0].versions[0] = 0; db[0].versions[1] = 0;
    i = 0;
    do
    :: i >= n -> break
    :: else ->
        k = (x_code >> (2 * i)) & 3;
        append(0, (k >> 1), (k & 1));
        i++
    od;
    i = 0; k = 0; x = 0; y = 0; x_code = 0;
    db[0].receipts = db[0].receipts & MASK(n + 1);
    db[0].checkpoints = db[0].checkpoints & MASK(n + 1);
    db[0].delivered = (db[0].delivered > n -> n : db[0].delivered);
    db[0].cosigned = (db[0].cosigned > n -> n : db[0].cosigned);
    db[0].receipted = (db[0].receipted > db[0].count[0] -> db[0].count[0] : db[0].receipted);
    /* What the other signed over a log that we cannot rebuild any more comes again. */
    db[0].mirror = 0; db[0].mirror_theirs = 0; db[0].mirror_code = 0;
    db[0].theirs = 0; db[0].receipt = 0
}

/* What is said of heads, and what was lost by the other. */
inline say(d) {
    m_own = db[d].count[d];
#ifdef FAULT_HEADS_RECEIPTS_ONLY
    m_held_receipted = db[d].receipted;
#else
    /* How many of our own statements stand in the other's log by its own signature. */
    m_held_receipted = db[d].mirror - db[d].mirror_theirs;
#endif
    m_lost = (d == 0 && recovering);
    if
    :: d == 1 && lost -> m_returned = db[1].count[0]; m_returned_versions = db[1].versions[0]
    :: else
    fi
}

/* A message of desk 0 that shows nothing new. */
inline speak_bare() {
    m_held = db[0].count[1];
    m_held_version = (m_held -> BIT(db[0].versions[1], m_held - 1) : 0);
    m_bare = 1;
    say(0)
}

inline advance_anchor() {
    if
    :: db[0].size > anchor.size ->
        anchor.count = db[0].count[0];
        anchor.version = (anchor.count -> BIT(db[0].versions[0], anchor.count - 1) : 0);
#ifndef FAULT_ANCHOR_COUNTS_OWN
        anchor.size = db[0].size; anchor.code = db[0].code; anchor.peers = db[0].count[1]
#endif
    :: else
    fi
}

inline speak(d) {
    if
    :: d == 1 && lost ->
        again = 1; again_from = lost_held;
        if
        :: lost_from < db[1].count[0] ->
            repeated = 1; repeated_from = lost_from; repeated_upto = db[1].count[0]
        :: else
        fi
    :: else
    fi;
    compose(d);
    say(d);
#ifndef FAULT_ANCHOR_LATE
    if
    :: d == 0 -> advance_anchor()
    :: else
    fi
#endif
}

inline request(d) {
    if
    :: d == 0 && !WHOLE -> speak_bare()
    :: else -> speak(d)
    fi;
    out_upto[d] = m_upto; greatest_receipt(out_receipt[d]); waiting[d] = 1;
    send(d, 0);
    clean()
}

inline clean() {
    m_held_receipted = 0; m_own = 0; m_bare = 0; m_lost = 0; m_returned = 0;
    m_returned_versions = 0; trouble = 0; whole = 0; x = 0; y = 0;
    forget()
}

inline give_up(d) { waiting[d] = 0; out_upto[d] = 0; out_receipt[d] = 0 }

/* application/recovery.py, _against: what the other's word has against our record. */
inline weigh() {
    trouble = m_held > db[0].count[0] ||
#ifndef FAULT_HEADS_OWN_ONLY
        m_held_receipted > db[0].count[1] ||
#endif
        (m_held && m_held <= db[0].count[0] && m_held_version != BIT(db[0].versions[0], m_held - 1)
            && anchor.count < m_held);
}

/* application/recovery.py, _enter: what was appended and never sent goes. */
inline enter() {
    if
    :: anchor.size < db[0].size -> cut(anchor.size)
    :: else
    fi;
    recovering = 1
}

/* application/restoring.py: both sides' statements again, each in its old place. */
inline recover() {
    base = db[0].count[1];
    fine = 1;
    do
    :: db[0].count[0] >= m_returned || !fine -> break
    :: else ->
        y = BIT(m_returned_versions, db[0].count[0]);
        x = SAID(0, db[0].count[0], y).seen;
        if
        :: db[0].count[1] > x -> fine = 0
        :: db[0].count[1] == x -> append(0, 0, y)
        :: else -> take_peers(x)
        fi
    od;
    x = (m_held > anchor.count -> m_held : anchor.count);
    if
    :: fine && db[0].count[0] >= x -> x = m_upto; take_peers(x)
    :: else
    fi;
    /* Judging: the other's word, and the anchor. */
    whole = fine && db[0].count[0] >= m_held && db[0].count[1] >= m_held_receipted &&
        (!m_held || m_held_version == BIT(db[0].versions[0], m_held - 1)) &&
        db[0].count[0] >= anchor.count && db[0].size >= anchor.size &&
        db[0].count[1] >= anchor.peers && PREFIX(db[0].code, anchor.size) == anchor.code;
    fine = 0; x = 0; y = 0;
    if
    :: whole ->
        recovering = 0; unconfirmed = 0;
        db[0].receipts = db[0].receipts | (db[0].count[1] > base -> 1 << db[0].size : 0)
    :: else
    fi;
    base = 0
}

/* The other's statements up to `n` of them; what each had seen of our log we sign again. */
inline take_peers(n) {
    do
    :: db[0].count[1] >= n -> break
    :: db[0].count[1] < n && (db[0].count[1] < m_from || db[0].count[1] >= m_upto) ->
        fine = (n == m_upto); break
    :: else ->
        k = BIT(m_versions, db[0].count[1]);
        if
        :: SAID(1, db[0].count[1], k).seen > db[0].count[0] -> k = 0; break
        :: else ->
            db[0].checkpoints = db[0].checkpoints | (SAID(1, db[0].count[1], k).checkpoint ->
                (1 << SAID(1, db[0].count[1], k).checkpoint) : 0);
            append(0, 1, k)
        fi
    od;
    k = 0
}

/* A message to desk 0. `is_fresh`: it answers a frame that was made since the start. */
inline meet(is_fresh) {
    weigh();
    if
    :: trouble && !recovering -> enter()
    :: else
    fi;
    if
    :: recovering && is_fresh -> recover()
    :: !recovering && unconfirmed && is_fresh -> unconfirmed = 0
    :: else
    fi;
    if
    :: WHOLE && !m_bare -> take(0)
    :: else
    fi
}

inline handle(d, x1) {
    receive(x1);
    r_upto = m_upto; greatest_receipt(r_receipt);
    if
    :: d == 0 -> meet(0)
    :: else ->
        lost = m_lost;
        lost_from = (lost -> m_own : 0); lost_held = (lost -> m_held : 0);
        if
        :: !m_bare -> take(1)
        :: else
        fi
    fi;
    if
    :: db[d].state == OPEN ->
        m_receipts = 0; m_checkpoint = 0; m_cosigned = 0; m_from = 0; m_upto = 0; m_versions = 0;
        m_size = 0; m_code = 0; m_lost = 0; m_bare = 0; m_returned = 0; m_returned_versions = 0;
        if
        :: d == 0 && !WHOLE -> speak_bare()
        :: else -> speak(d)
        fi;
        greatest = 0; greatest_receipt(greatest);
        db[d].delivered = (greatest > db[d].delivered -> greatest : db[d].delivered);
        greatest = 0;
        drop(x1);
        send(d, 1)
    :: else -> drop(x1)
    fi;
    r_upto = 0; r_receipt = 0;
    clean()
}

inline settle(d, x1) {
    if
    :: waiting[d] && net[x1].answers_upto == out_upto[d] &&
       net[x1].answers_receipt == out_receipt[d] ->
        receive(x1);
        if
        :: d == 0 -> meet(1)
        :: d == 1 && !m_bare -> take(1)
        :: else
        fi;
        db[d].delivered = (out_receipt[d] > db[d].delivered -> out_receipt[d] : db[d].delivered);
        give_up(d);
        clean()
    :: else
    fi;
    drop(x1)
}

#define WANTS(d) (db[d].state == OPEN && (db[d].count[d] > db[d].receipted || \
    db[d].size > db[d].cosigned || (d == 0 && !WHOLE)))

active proctype Officer0() {
end: do
    :: d_step { db[0].count[0] < N0 && db[0].state == OPEN && !recovering &&
            (!SAID(0, db[0].count[0], 0).exists || !SAID(0, db[0].count[0], 1).exists) ->
        x = SAID(0, db[0].count[0], 0).exists;
        sign(0, x); x = 0; check() }
    od
}

active proctype Officer1() {
end: do
    :: d_step { db[1].count[1] < N1 && db[1].state == OPEN -> sign(1, 0); check() }
    od
}

active proctype Courier0() {
end: do
    :: d_step { WANTS(0) && MAY_ASK(0) -> request(0); check() }
    :: d_step { MAY_GIVE_UP(0) -> give_up(0) }
#ifdef FAULT_ANCHOR_LATE
    :: d_step { WHOLE && db[0].size > anchor.size -> advance_anchor() }
#endif
    od
}

active proctype Courier1() {
end: do
    :: d_step { WANTS(1) && MAY_ASK(1) -> request(1); check() }
    :: d_step { MAY_GIVE_UP(1) -> give_up(1) }
    od
}

#ifdef NOTHING_FLIES
#define STILL (!net[0].used && !net[1].used)
#else
#define STILL 1
#endif

active proctype Fate() {
    /* parley backup, while the desk runs. */
    d_step { WHOLE -> copy(copied, db[0]);
#ifdef ANCHOR_BACK
        old_anchor.count = anchor.count; old_anchor.version = anchor.version;
        old_anchor.size = anchor.size; old_anchor.code = anchor.code;
        old_anchor.peers = anchor.peers
#endif
    };
    /* The database is set back, and the desk starts: application/recovery.py, compare. */
    d_step { STILL ->
        copy(db[0], copied); clear(copied); give_up(0);
#ifdef ANCHOR_BACK
        anchor.count = old_anchor.count; anchor.version = old_anchor.version;
        anchor.size = old_anchor.size; anchor.code = old_anchor.code;
        anchor.peers = old_anchor.peers;
        old_anchor.count = 0; old_anchor.version = 0; old_anchor.size = 0; old_anchor.code = 0;
        old_anchor.peers = 0;
#endif
#ifndef FAULT_HEADS_UNASKED
        unconfirmed = 1;
#endif
#ifndef FAULT_ANCHOR_UNREAD
        recovering = db[0].size < anchor.size || db[0].count[0] < anchor.count ||
            db[0].count[1] < anchor.peers;
#endif
        check()
    }
}

inline deliver(x1) {
    b = net[x1].to;
    if
    :: net[x1].reply -> settle(b, x1)
    :: else -> handle(b, x1)
    fi;
    b = 0;
    check()
}

active proctype Network0() {
end: do
    CARRIED(0)
    od
}

active proctype Network1() {
end: do
    CARRIED(1)
    od
}

#if SLOTS > 2
active proctype Network2() {
end: do
    CARRIED(2)
    od
}
#endif

#define DONE(d, n) (db[d].count[d] == n && db[d].receipted == n && db[d].cosigned == L)
/* What left the desk and never arrived cannot be returned: the desk stays read-only. */
#define SHORT (recovering && anchor.count > db[1].count[0])

#ifdef FAIR
/* Under fair delivery a desk that was set back becomes whole, and everything arrives. */
ltl all_arrives { <> [] (SHORT || (DONE(0, N0) && DONE(1, N1))) }
#endif
