/* An honest desk (0) and a peer that says what it likes under its own keys (1).

   The peer signs statements of any content and shows them in any order, as often as it likes, two
   of one number among them. It gives receipts, checkpoints and cosignatures over true and over
   false roots, and lies about heads. It cannot sign for desk 0. The network is in its hands: what
   it does not answer is lost. One part a message is enough: what several parts do at once they
   do one after the other, or not at all.

   Version 0 is the statement that desk 0 took, version 1 any other of the same number. What was
   refused leaves no trace in the model: the peer can always sign another.

   -DCLOCK     time passes, too (with -DN0=2 -DN1=1 -DSTATEMENTS=1): what is not receipted must end
               in non-delivery stated */

#include "desk.pml"

#ifdef CLOCK
byte tried;                     /* own statements below were tried to deliver */
byte stated;                    /* of which ones non-delivery was stated, a bit each */
byte notices;                   /* how many own statements are such notices: they stand in no case */
#ifdef FAULT_CONTACT_RESETS
bit contact;
#define CONTACT contact
#else
#define CONTACT 0
#endif
#else
#define notices 0
#endif

/* The peer's signed word that desk 0 took: the greatest root. */
byte word_size; int word_code;
hidden byte applied_once = 1;
hidden byte chain_is_true = 1;
hidden byte roots_are_true = 1;
hidden byte word_is_kept = 1;
hidden byte receipt_is_signed = 1;
hidden byte equivocation_is_found = 1;

hidden byte was_receipted; hidden byte was_count;
hidden byte given_size; hidden int given_code; hidden byte contradicts;
hidden byte x; hidden byte y;

inline check() {
    /* applied_once: as many leaves of each author as its chain has numbers. */
    least = 0; s = 0;
    do
    :: s >= db[0].size -> break
    :: else -> least = least + ((db[0].code >> (2 * s + 1)) & 1); s++
    od;
    applied_once = least == db[0].count[1] && db[0].count[0] + db[0].count[1] == db[0].size;
    least = 0;
    /* chain_is_true: each statement of the peer names the one before it and what we really said,
       and what it has seen never falls. */
    s = 0; chain_is_true = 1;
    do
    :: s >= db[0].count[1] -> break
    :: else ->
        x = BIT(db[0].versions[1], s);
        y = (s -> BIT(db[0].versions[1], s - 1) : 0);
        chain_is_true = chain_is_true && SAID(1, s, x).exists && SAID(1, s, x).seen <= db[0].count[0] &&
            (!s || (SAID(1, s, x).prev == y && SAID(1, s, x).seen >= SAID(1, s - 1, y).seen));
        s++
    od;
    s = 0; x = 0; y = 0;
    /* roots_are_true: the log of the peer that we rebuilt and cosigned is the one that its
       statements give. */
    rebuild_anew(0, db[0].mirror);
    roots_are_true = db[0].state || (fine && x_code == db[0].mirror_code &&
        db[0].theirs <= db[0].mirror);
    /* word_is_kept: so is every root under a signature of the peer that we took. */
    rebuild_anew(0, word_size);
    word_is_kept = db[0].state || (fine && x_code == word_code);
    assert(applied_once); assert(chain_is_true); assert(roots_are_true); assert(word_is_kept);
    was_count = 0; was_receipted = 0; given_size = 0; given_code = 0; contradicts = 0;
    forget()
}

inline remember() {
    was_receipted = db[0].receipted;
    was_count = db[0].count[1]
}

/* A root that the peer signs over `n` leaves: the true one, or another in one bit. */
inline choose_root(n, flip) {
    rebuild(0, n);
    m_code = x_code;
    m_code = PREFIX((flip -> m_code ^ (1 << (flip - 1)) : m_code), n);
    given_size = n; given_code = m_code;
    x_size = 0; x_theirs = 0; x_ours = 0; x_code = 0; fine = 0
}

/* What desk 0 does with a message: in one transaction, and its reply leaves. */
inline hear() {
#ifdef FAULT_CONTACT_RESETS
    contact = 1;
#endif
    take(0);
    /* What was refused leaves no trace; of what was taken, what is not looked at again. */
    if
    :: m_upto && m_from >= was_count ->
        SAID(1, m_from, 0).checkpoint = 0;
        if
        :: db[0].count[1] == was_count ->
            SAID(1, m_from, 0).exists = 0; SAID(1, m_from, 0).seen = 0;
            SAID(1, m_from, 0).seen_version = 0; SAID(1, m_from, 0).prev = 0
        :: else
        fi
    :: else
    fi;
    /* equivocation_is_found: another statement of a number that we hold halts the channel. */
    equivocation_is_found = !contradicts || db[0].state;
    assert(equivocation_is_found);
    /* receipt_is_signed: what counts as receipted stands below a root that the peer signed. */
    if
    :: db[0].receipted != was_receipted ->
        x = 0; s = 0;
        do
        :: s >= given_size -> break
        :: else -> x = x + !((given_code >> (2 * s + 1)) & 1); s++
        od;
        receipt_is_signed = x >= db[0].receipted;
        assert(receipt_is_signed);
        x = 0; s = 0
    :: else
    fi;
    if
    :: (db[0].receipted != was_receipted || (given_size && db[0].theirs == given_size)) &&
       given_size > word_size ->
        word_size = given_size; word_code = given_code
    :: else
    fi;
    if
    :: db[0].state == OPEN ->
        m_receipts = 0;
        compose(0);
        exhibit(0)
    :: else
    fi;
    check()
}

#ifndef STATEMENTS
#define STATEMENTS N0
#endif

active proctype Desk0() {
end: do
    :: d_step { db[0].count[0] - notices < STATEMENTS && db[0].count[0] < N0 &&
            db[0].state == OPEN -> remember(); sign(0, 0); check() }
    :: d_step { db[0].state == OPEN && (db[0].count[0] > db[0].receipted ||
            db[0].size > db[0].cosigned) ->
        remember(); compose(0); exhibit(0);
#ifdef CLOCK
        tried = (m_upto > tried -> m_upto : tried);
#endif
        check() }
    od
}

#ifdef CLOCK
/* application/nondelivery.py: what the peer has shown to hold, with a receipt or without. */
inline known_held() {
    least = (db[0].count[1] ->
        SAID(1, db[0].count[1] - 1, BIT(db[0].versions[1], db[0].count[1] - 1)).seen : 0);
    x = 0; s = 0;
    do
    :: s >= db[0].cosigned -> break
    :: else -> x = x + !((db[0].code >> (2 * s + 1)) & 1); s++
    od;
    least = (x > least -> x : least);
    least = (db[0].receipted > least -> db[0].receipted : least);
    x = 0; s = 0
}

/* The limit has passed for the statement that came first and is not stated. */
active proctype Clock() {
end: do
    :: d_step {
        db[0].state == OPEN && tried && !(stated & 1) && db[0].count[0] < N0 && !CONTACT ->
        known_held();
        if
        :: !least -> remember(); stated = 1; notices = 1; sign(0, 0); check()
        :: else -> least = 0
        fi }
#ifdef FAULT_CONTACT_RESETS
    :: contact = 0
#endif
    od
}

/* Whoever withholds a receipt has non-delivery stated, or has shown otherwise that it holds. */
#define SHOWN_TO_HOLD ((db[0].count[1] && SAID(1, 0, 0).seen) || \
    (db[0].cosigned && !(db[0].code & 2)) || db[0].cosigned > 1)
ltl non_delivery_is_stated {
    [] (tried -> <> (db[0].receipted || (stated & 1) || db[0].state || SHOWN_TO_HOLD))
}
#endif

active proctype Peer() {
    byte n; byte v; byte seen; byte seen_version; byte checkpoint; byte prev; byte flip;
end: do
    /* Show a statement: one that desk 0 holds again, another one of its number, or one of any
       number and content that it does not hold. */
    :: db[0].state == OPEN -> atomic {
        select(n : 0 .. N1 - 1);
        if
        :: n < db[0].count[1] -> select(v : 0 .. 1)
        :: else ->
            select(seen : 0 .. N0); select(seen_version : 0 .. 1);
            select(checkpoint : 0 .. L); select(prev : 0 .. 1)
        fi;
        d_step {
            remember();
            if
            :: n >= db[0].count[1] ->
                SAID(1, n, 0).seen = seen; SAID(1, n, 0).seen_version = seen_version;
                SAID(1, n, 0).checkpoint = checkpoint; SAID(1, n, 0).prev = prev
            :: else -> contradicts = v
            fi;
            m_from = n; m_upto = n + 1; m_versions = v << n;
            SAID(1, n, 0).exists = 1;
            hear();
            n = 0; v = 0; seen = 0; seen_version = 0; checkpoint = 0; prev = 0
        }
    }
    :: db[0].state == OPEN -> atomic {      /* give a receipt */
        select(n : 1 .. L); select(flip : 0 .. 2 * L);
        d_step {
            remember(); choose_root(n, flip); m_receipts = 1 << n; hear(); n = 0; flip = 0
        }
    }
    :: db[0].state == OPEN -> atomic {      /* show a checkpoint */
        select(n : 1 .. L); select(flip : 0 .. 2 * L);
        d_step {
            remember(); choose_root(n, flip); m_checkpoint = n; hear(); n = 0; flip = 0
        }
    }
    :: db[0].state == OPEN -> atomic {      /* cosign */
        select(n : 1 .. L); select(v : 0 .. 1);
        d_step {
            remember(); m_cosigned = n; m_false_cosignature = v; hear(); n = 0; v = 0
        }
    }
    :: db[0].state == OPEN -> atomic {      /* say which head of ours it holds */
        select(n : 1 .. N0 + 1); select(v : 0 .. 1);
        d_step { remember(); m_held = n; m_held_version = v; hear(); n = 0; v = 0 }
    }
    od
}
