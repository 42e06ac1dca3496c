/* Two honest desks over a network that loses, repeats, delays and reorders.

   Each desk signs N0 and N1 statements at times of its choice, asks the other until its statements
   are receipted and its log is cosigned (application/work.py), and may fall over at any time.
   What falls over loses the request that it was waiting for, and nothing that was committed.

   -DPOUCH     a frame may also be carried as a file: it is taken in and answers nothing
   -DFAIR      the network loses and repeats only so often: then everything has to arrive
   -DFAULT_... one planted fault each; the property that finds it stands in docs/model.md */

#include "desk.pml"
#include "network.pml"

/* The properties. Each is asserted by its name. */
hidden byte applied_once = 1;
hidden byte receipt_means_held = 1;
hidden byte cosignature_means_held = 1;
hidden byte logs_agree = 1;
hidden byte nobody_is_convicted = 1;
hidden byte mirror_is_true = 1;

inline check_one(d) {
    /* applied_once: as many leaves of each author in the log as its chain has numbers. */
    least = 0; s = 0;
    do
    :: s >= db[d].size -> break
    :: else -> least = least + ((db[d].code >> (2 * s + 1)) & 1); s++
    od;
    s = 0;
    applied_once = applied_once && least == db[d].count[1] &&
        db[d].count[0] + db[d].count[1] == db[d].size;
    /* receipt_means_held: what a receipt covers stands in the other's database. */
    receipt_means_held = receipt_means_held &&
        db[d].receipted <= db[OTHER(d)].count[d];
    /* cosignature_means_held: so does what lies below a cosigned root. */
    least = 0;
    do
    :: s >= db[d].cosigned -> break
    :: else -> least = least + (((db[d].code >> (2 * s + 1)) & 1) == d); s++
    od;
    cosignature_means_held = cosignature_means_held && least <= db[OTHER(d)].count[d];
    /* logs_agree: both hold the author's chain byte for byte as far as both have it. */
    least = (db[d].count[d] < db[OTHER(d)].count[d] -> db[d].count[d] : db[OTHER(d)].count[d]);
    logs_agree = logs_agree &&
        (db[d].versions[d] & MASK(least)) == (db[OTHER(d)].versions[d] & MASK(least));
    /* mirror_is_true: what was rebuilt is what the other has. */
    mirror_is_true = mirror_is_true && db[d].mirror <= db[OTHER(d)].size &&
        PREFIX(db[OTHER(d)].code, db[d].mirror) == db[d].mirror_code;
    nobody_is_convicted = nobody_is_convicted && db[d].state == OPEN;
    s = 0; least = 0
}

inline check() {
    check_one(0); check_one(1);
    assert(applied_once); assert(receipt_means_held); assert(cosignature_means_held);
    assert(logs_agree); assert(mirror_is_true); assert(nobody_is_convicted)
}

#ifdef FAULT_RECEIPT_BEFORE_COMMIT
hidden Desk lost;
#endif

/* application/exchange.py, compose: in one transaction, then the frame leaves. */
inline request(d) {
    compose(d);
    out_upto[d] = m_upto; greatest_receipt(out_receipt[d]); waiting[d] = 1;
    send(d, 0);
    forget()
}

inline give_up(d) { waiting[d] = 0; out_upto[d] = 0; out_receipt[d] = 0 }

/* application/exchange.py, handle: take in and compose the reply in one transaction, then the
   reply leaves. */
inline handle(d, x) {
    receive(x);
    r_upto = m_upto; greatest_receipt(r_receipt);
    take(d);
    if
    :: db[d].state == OPEN ->
        m_receipts = 0;
        compose(d);
        s = 0; greatest = 0; greatest_receipt(greatest);
        db[d].delivered = (greatest > db[d].delivered -> greatest : db[d].delivered);
        greatest = 0;
        drop(x);
        send(d, 1)
    :: else -> drop(x)
    fi;
    r_upto = 0; r_receipt = 0;
    forget()
}

/* application/exchange.py, settle: the reply to the request that we wait for. */
inline settle(d, x) {
    if
    :: waiting[d] && net[x].answers_upto == out_upto[d] &&
       net[x].answers_receipt == out_receipt[d] ->
        receive(x);
        take(d);
        db[d].delivered = (out_receipt[d] > db[d].delivered -> out_receipt[d] : db[d].delivered);
        give_up(d);
        forget()
    :: else                     /* reply-mismatch */
    fi;
    drop(x)
}

/* application/work.py: own statements without a receipt, or an own log without a cosignature. */
#define WANTS(d) (db[d].state == OPEN && \
    (db[d].count[d] > db[d].receipted || db[d].size > db[d].cosigned))

active proctype Officer0() {
end: do
    :: d_step { db[0].count[0] < N0 && db[0].state == OPEN -> sign(0, 0); check() }
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
    od
}

active proctype Courier1() {
end: do
    :: d_step { WANTS(1) && MAY_ASK(1) -> request(1); check() }
    :: d_step { MAY_GIVE_UP(1) -> give_up(1) }
    od
}

inline deliver(x) {
    b = net[x].to;
    if
    :: net[x].reply -> settle(b, x)
    :: else -> handle(b, x)
    fi;
    b = 0;
    check()
}

/* application/carriage.py, take: nothing is booked because a message came, nothing answered. */
inline carry(x) {
    b = net[x].to;
    receive(x);
    take(b);
    forget();
    drop(x);
    b = 0;
    check()
}

active proctype Network0() {
end: do
    CARRIED(0)
#ifdef POUCH
    :: d_step { net[0].used -> carry(0) }
#endif
#ifdef FAULT_RECEIPT_BEFORE_COMMIT
    /* The reply leaves, and the machine falls over before its transaction is durable. */
    :: d_step { net[0].used && !net[0].reply ->
        b = net[0].to;
        copy(lost, db[b]);
        handle(b, 0);
        copy(db[b], lost); clear(lost);
        b = 0;
        check() }
#endif
    od
}

active proctype Network1() {
end: do
    CARRIED(1)
#ifdef POUCH
    :: d_step { net[1].used -> carry(1) }
#endif
    od
}

#if SLOTS > 2
active proctype Network2() {
end: do
    CARRIED(2)
#ifdef POUCH
    :: d_step { net[2].used -> carry(2) }
#endif
    od
}
#endif

#define DONE(d, n) (db[d].count[d] == n && db[d].receipted == n && db[d].cosigned == L)

#ifdef FAIR
/* Under fair delivery every statement is receipted, and every log cosigned as it stands. */
ltl all_arrives { <> (DONE(0, N0) && DONE(1, N1)) }
#endif
