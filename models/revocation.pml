/* A desk whose statement key was stolen, its thief, and an honest peer.

   The thief signs statements of its own in the desk's name and brings them to the peer, knowing all
   that was said. The desk revokes the key (application/keys.py): the peer that has learnt of it takes
   no frame of the old key any more, so what it then says to hold is final; the desk takes that back,
   even the thief's, and opens its new epoch at the head (application/epochs.py, record/intake.py).

   Chains alone, without trees: version 0 of a number is the desk's, version 1 the thief's. The desk's
   frames are lost, repeated, delayed and reordered; the thief brings what it likes at any time.

   -DFAIR   the network loses and repeats only so often: then the epoch is opened at last */

#ifndef N
#define N 4                     /* numbers in the chain, with the opening */
#endif
#ifndef LOSSES
#define LOSSES 1
#endif
#ifndef REPEATS
#define REPEATS 1
#endif
#define NONE 15
#define BIT(mask, i) (((mask) >> (i)) & 1)
#define MASK(n)      ((1 << (n)) - 1)

#ifdef FAULT_OLD_KEY_TAKEN
#define OLD_KEY_TAKEN 1
#else
#define OLD_KEY_TAKEN 0
#endif
#ifdef FAULT_STALE_WORD
#define STALE_WORD 1
#else
#define STALE_WORD 0
#endif

#ifdef FAULT_WAITS_SILENTLY
#define MAY_SPEAK (state == OPEN && !WAITS)
#else
#define MAY_SPEAK (state == OPEN)
#endif

#define OPEN 0
#define HALTED 1

/* The desk: its chain, how much of it has left (store/anchor.py), where the new epoch opens. */
byte count; byte versions; byte left; byte opening = NONE;
bit revoked; byte state; bit recovering;
/* The peer: the desk's chain as it holds it, and whether it knows of the revocation. */
byte held; byte held_versions; byte held_opening = NONE;
bit knows; byte peer_state;
/* How many of the thief's statements the peer held when it learnt of the revocation. */
byte stolen;

/* Frames of the desk to the peer, and the peer's replies. */
typedef Frame {
    bit used; bit reply; bit key;
    byte upto; byte versions; byte opening; bit bare;
    byte held; byte held_versions; byte held_opening; bit knows
};
Frame net[2];

#ifdef FAIR
byte losses = LOSSES; byte repeats = REPEATS;
#define MAY_LOSE losses
#define MAY_REPEAT repeats
#define LESS(budget) budget--
#else
#define MAY_LOSE 1
#define MAY_REPEAT 1
#define LESS(budget)
#endif

hidden byte thief_is_shut_out = 1;
hidden byte receipted_stands = 1;
hidden byte i; hidden byte j; hidden byte k; hidden byte least; hidden byte fits;
hidden byte m_number; hidden byte m_version; hidden byte m_opening; hidden byte m_before;
hidden byte m_held; hidden byte m_versions;
#define SAME_AS_HELD (BIT(held_versions, m_number) == m_version && \
    (held_opening == m_number) == m_opening)

#define SIGNS (state == OPEN && !recovering && (!revoked || opening != NONE))
#define WAITS (revoked && opening == NONE)

/* So many ones. */
inline thieves(result) {
    result = 0; i = 0;
    do
    :: i >= held -> break
    :: else -> result = result + BIT(held_versions, i); i++
    od;
    i = 0
}

inline check() {
    /* thief_is_shut_out: what the peer holds of the thief's grows no more once it knows. */
    thieves(k);
    thief_is_shut_out = !knows || k <= stolen;
    k = 0;
    /* receipted_stands: with the epoch open, whatever the peer holds stands in our record, byte for
       byte. */
    least = held;
    receipted_stands = opening == NONE || state != OPEN || (held <= count &&
        ((versions ^ held_versions) & MASK(least)) == 0);
    least = 0;
    assert(thief_is_shut_out); assert(receipted_stands)
}

/* The peer takes one statement: its number, its version, whether it is the opening, and the version
   of the one before it. */
inline admit() {
    if
    :: m_number < held && SAME_AS_HELD
    :: m_number < held && !SAME_AS_HELD ->
        fits = 0;
        if
        :: knows                        /* a thief may have signed the other: epoch-closed */
        :: else -> peer_state = HALTED  /* fork-statement: the key was good for both */
        fi
    :: m_number > held -> fits = 0      /* chain-gap */
    :: m_number == held && held && m_before != BIT(held_versions, held - 1) ->
        fits = 0                        /* chain-broken */
    :: m_number == held && (!held || m_before == BIT(held_versions, held - 1)) ->
        held_versions = held_versions | (m_version << held);
        held_opening = (m_opening -> held : held_opening);
        held++
    fi
}

/* The desk takes what the peer says to hold: m_held statements, m_versions. */
inline meet() {
    /* Where the two first differ. */
    least = (m_held < count -> m_held : count); k = 0;
    do
    :: k >= least || BIT(versions, k) != BIT(m_versions, k) -> break
    :: else -> k++
    od;
    if
    :: k < least && k < left -> state = HALTED          /* held-contradicts */
    :: k < least && k >= left ->
        /* What never left is taken back; the peer's word stands in its place. */
        count = k; versions = versions & MASK(k)
    :: else
    fi;
    if
    :: state == OPEN && m_held > count ->    /* returned: by our own key, so it was receipted */
        versions = (versions & MASK(count)) | (m_versions & MASK(m_held) & ~MASK(count));
        count = m_held; left = (m_held > left -> m_held : left)
    :: else
    fi;
    k = 0; least = 0; m_held = 0; m_versions = 0
}

inline open_epoch() {
    opening = count;
    count++
}

inline speak(x) {
    net[x].used = 1; net[x].reply = 0; net[x].key = revoked;
    if
    :: WAITS -> net[x].bare = 1
    :: else ->
        net[x].upto = count; net[x].versions = versions; net[x].opening = opening;
        left = count
    fi
}

inline drop(x) {
    net[x].used = 0; net[x].reply = 0; net[x].key = 0; net[x].upto = 0;
    net[x].versions = 0; net[x].opening = 0; net[x].bare = 0; net[x].held = 0;
    net[x].held_versions = 0; net[x].held_opening = 0; net[x].knows = 0
}

/* The peer takes a frame of the desk and answers. */
inline handle(x) {
    fits = 1;
    if
    :: !net[x].key && knows && !OLD_KEY_TAKEN -> fits = 0       /* key-retired */
    :: else ->
        if
        :: net[x].key && !knows -> knows = 1; thieves(stolen)
        :: else
        fi;
        j = 0;
        do
        :: net[x].bare || j >= net[x].upto || !fits || peer_state -> break
        :: else ->
            m_number = j; m_version = BIT(net[x].versions, j);
            m_opening = (net[x].opening == j);
            m_before = (j -> BIT(net[x].versions, j - 1) : 0);
            admit();
            j++
        od;
        j = 0
    fi;
    drop(x);
    if
    :: fits && !peer_state ->
        net[x].used = 1; net[x].reply = 1;
        net[x].held = held; net[x].held_versions = held_versions;
        net[x].held_opening = held_opening; net[x].knows = knows
    :: else
    fi;
    fits = 0;
    check()
}

/* The desk takes a reply. A word from before the peer knew of the revocation opens nothing. */
inline settle(x) {
    if
    :: state == OPEN && (!WAITS || net[x].knows || STALE_WORD) ->
        m_held = net[x].held; m_versions = net[x].held_versions;
        meet();
        if
        :: WAITS && state == OPEN && count < N -> open_epoch()
        :: else
        fi
    :: else
    fi;
    drop(x);
    check()
}

active proctype Desk() {
end: do
    :: d_step { SIGNS && count < N - (opening == NONE) -> count++; check() }
    :: d_step { !revoked && state == OPEN -> revoked = 1;
#ifdef FAULT_OPENED_AT_ONCE
        open_epoch();
#endif
        check() }
    :: d_step { MAY_SPEAK && !net[0].used -> speak(0); check() }
#ifndef FAIR
    :: d_step { MAY_SPEAK && !net[1].used -> speak(1); check() }
#endif
    od
}

active proctype Thief() {
end: do
    /* It brings its own statement, next to what the peer holds. */
    :: d_step {
        !peer_state && held < N - 1 && (!knows || OLD_KEY_TAKEN) ->
        held_versions = held_versions | (1 << held); held++; check() }
    /* Or one in a place that the peer has filled. */
    :: d_step { !peer_state && held && !knows && !BIT(held_versions, held - 1) ->
        peer_state = HALTED; check() }
    od
}

#define CARRIED(x, y) \
    :: d_step { net[x].used && !net[x].reply && !peer_state -> handle(x) } \
    :: d_step { net[x].used && net[x].reply -> settle(x) } \
    :: d_step { net[x].used && MAY_LOSE -> drop(x); LESS(losses); check() } \
    :: d_step { net[x].used && MAY_REPEAT && !net[y].used -> \
        net[y].used = 1; net[y].reply = net[x].reply; net[y].key = net[x].key; \
        net[y].upto = net[x].upto; net[y].versions = net[x].versions; \
        net[y].opening = net[x].opening; net[y].bare = net[x].bare; net[y].held = net[x].held; \
        net[y].held_versions = net[x].held_versions; net[y].held_opening = net[x].held_opening; \
        net[y].knows = net[x].knows; LESS(repeats); check() }

active proctype Network0() {
end: do
    CARRIED(0, 1)
    od
}

active proctype Network1() {
end: do
    CARRIED(1, 0)
    od
}

#ifdef FAIR
/* A revoked key is replaced: the peer holds the opening of the new epoch, or the channel is halted
   because both had signed one number while the key was good. */
ltl epoch_opens { [] (revoked -> <> (held_opening != NONE || state || peer_state || count >= N)) }
#endif
