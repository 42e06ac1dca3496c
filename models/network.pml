/* A network that loses, repeats, delays and reorders, with room for a few frames.

   Whole frames only: a frame that was changed on its way has a wrong signature and counts as lost.
   -DFAIR bounds how often it loses and repeats. */

#ifndef SLOTS
#define SLOTS 2                 /* frames on their way at one time */
#endif
#ifndef LOSSES
#define LOSSES 1                /* with FAIR: frames lost, */
#endif
#ifndef REPEATS
#define REPEATS 1               /* and delivered twice */
#endif

typedef Frame {
    bit used; bit to; bit reply;
    byte answers_upto; byte answers_receipt;    /* stands for the digest of the request */
    byte from; byte upto; byte versions; byte size; int code; byte checkpoint; int receipts;
    byte cosigned; byte held; bit held_version
#ifdef SETBACK
    ; byte held_receipted; byte own; bit bare; bit lost; byte returned; byte returned_versions
#endif
};
Frame net[SLOTS];

hidden byte a; hidden byte b;
hidden byte r_upto; hidden byte r_receipt;      /* of the request at hand: scratch */

/* A request that waits for its reply: in memory only. */
bit waiting[2]; byte out_upto[2]; byte out_receipt[2];

#ifdef FAIR
byte losses = LOSSES; byte repeats = REPEATS;
#endif

#if SLOTS == 2
#define ROOM (!net[0].used || !net[1].used)
#else
#define ROOM (!net[0].used || !net[1].used || !net[2].used)
#endif

#ifdef FAIR
/* Each desk's exchange has a place of its own, and frames that are repeated have the third: so
   nobody's frames crowd out another's for ever. */
#define PLACE(d, is_reply) a = (is_reply -> OTHER(d) : d)
#define MAY_ASK(d) (!waiting[d] && !net[d].used)
#define MAY_GIVE_UP(d) (waiting[d] && !net[d].used)
#define MAY_LOSE losses
#define MAY_REPEAT (SLOTS > 2 && repeats && !net[SLOTS - 1].used)
#define LESS(budget) budget--
#else
#define PLACE(d, is_reply) free_place()
#define MAY_ASK(d) (!waiting[d] && ROOM)
#define MAY_GIVE_UP(d) waiting[d]       /* a timeout, or a crash and a restart */
#define MAY_LOSE 1
#define MAY_REPEAT ROOM
#define LESS(budget)
#endif

inline free_place() {
    a = 0;
    do
    :: a >= SLOTS -> break
    :: a < SLOTS && net[a].used -> a++
    :: else -> break
    od
}

inline send(d, is_reply) {
#ifndef ANCHOR_BACK
    exhibit(d);
#endif
    PLACE(d, is_reply);
    if
    :: a >= SLOTS || net[a].used        /* no room: lost */
    :: else ->
        net[a].used = 1; net[a].to = OTHER(d); net[a].reply = is_reply;
        net[a].from = m_from; net[a].upto = m_upto;
        net[a].versions = m_versions & MASK(m_upto);
        net[a].size = m_size; net[a].code = m_code; net[a].checkpoint = m_checkpoint;
        net[a].receipts = m_receipts; net[a].cosigned = m_cosigned;
        net[a].held = m_held; net[a].held_version = m_held_version;
#ifdef SETBACK
        net[a].held_receipted = m_held_receipted;
        net[a].own = m_own;
        net[a].bare = m_bare;
        net[a].lost = m_lost;
        net[a].returned = m_returned;
        net[a].returned_versions = m_returned_versions;
#endif
        if
        :: is_reply -> net[a].answers_upto = r_upto; net[a].answers_receipt = r_receipt
        :: else
        fi
    fi;
    a = 0
}

inline receive(x) {
    m_from = net[x].from; m_upto = net[x].upto; m_versions = net[x].versions;
    m_size = net[x].size; m_code = net[x].code; m_checkpoint = net[x].checkpoint;
    m_receipts = net[x].receipts; m_cosigned = net[x].cosigned;
    m_held = net[x].held; m_held_version = net[x].held_version;
#ifdef SETBACK
    m_held_receipted = net[x].held_receipted;
    m_own = net[x].own;
    m_bare = net[x].bare;
    m_lost = net[x].lost;
    m_returned = net[x].returned;
    m_returned_versions = net[x].returned_versions;
#endif
}

inline drop(x) {
    net[x].used = 0; net[x].to = 0; net[x].reply = 0; net[x].answers_upto = 0;
    net[x].answers_receipt = 0; net[x].from = 0; net[x].upto = 0; net[x].versions = 0;
    net[x].size = 0; net[x].code = 0; net[x].checkpoint = 0; net[x].receipts = 0;
    net[x].cosigned = 0; net[x].held = 0; net[x].held_version = 0;
#ifdef SETBACK
    net[x].held_receipted = 0;
    net[x].own = 0;
    net[x].bare = 0;
    net[x].lost = 0;
    net[x].returned = 0;
    net[x].returned_versions = 0;
#endif
}

inline greatest_receipt(result) {
    s = L;
    do
    :: s == 0 -> break
    :: else -> result = ((!result && BIT(m_receipts, s)) -> s : result); s--
    od
}

inline repeat(x) {
    free_place();
    net[a].used = 1; net[a].to = net[x].to; net[a].reply = net[x].reply;
    net[a].answers_upto = net[x].answers_upto; net[a].answers_receipt = net[x].answers_receipt;
    net[a].from = net[x].from; net[a].upto = net[x].upto; net[a].versions = net[x].versions;
    net[a].size = net[x].size; net[a].code = net[x].code;
    net[a].checkpoint = net[x].checkpoint; net[a].receipts = net[x].receipts;
    net[a].cosigned = net[x].cosigned; net[a].held = net[x].held;
    net[a].held_version = net[x].held_version;
#ifdef SETBACK
    net[a].held_receipted = net[x].held_receipted;
    net[a].own = net[x].own;
    net[a].bare = net[x].bare;
    net[a].lost = net[x].lost;
    net[a].returned = net[x].returned;
    net[a].returned_versions = net[x].returned_versions;
#endif
    a = 0
}

/* What becomes of the frame in place x. */
#define CARRIED(x) \
    :: d_step { net[x].used -> deliver(x) } \
    :: d_step { net[x].used && MAY_LOSE -> drop(x); LESS(losses) } \
    :: d_step { net[x].used && MAY_REPEAT -> repeat(x); LESS(repeats) }
