------------------------------- MODULE Commit -------------------------------
(* The core of the commit protocol: lazy ownership, the deferred clock,       *)
(* own-slot acceptance, extension, snapshots with before-images, which may be *)
(* ended at any time to get their images back, and death                      *)
(* inside a commit with recovery.                                             *)
(*                                                                            *)
(* A header is one word: LOCK (l), version (v), slot of the last writer, or   *)
(* of the holder while locked (s). A transaction reads header, payload,       *)
(* header; logs the header; and touches nothing shared before its commit,     *)
(* which locks what it writes (compare-and-set of the whole word), loads the  *)
(* clock, validates what it only read, and publishes payload, then header.    *)
(* A reader accepts version < rv, or a header that its own slot published.    *)
(*                                                                            *)
(* Atomicity: memory is sequentially consistent, a step makes at most one     *)
(* access to shared memory, a payload is one word. (Memory.tla takes the      *)
(* first and the last of these away.) status := COMMITTED is not a step: only *)
(* recovery reads it, and Die chooses on which side of it the owner died.     *)
(*                                                                            *)
(* Steps and methods: see README.md.                                          *)
EXTENDS Naturals, Sequences, FiniteSets

CONSTANTS Prog,     \* one sequence of transaction kinds per slot
          M,        \* set of mutations; {} is the protocol
          Equal,    \* TRUE: every writer in Prog writes both objects
          Crash,    \* slots whose owner may die once inside a commit
          Ends,     \* slots whose snapshot may be ended to get its images back
          Again     \* those of them who may be ended while they enter, once each

Objs  == 1..3     \* object 3 is used by P_ring only
Slots == 1..Len(Prog)

VARIABLES clock,    \* CLOCK
          snapcnt,  \* SNAPCOUNT
          snapS,    \* per slot: announced snapshot; 0 none, 999 PENDING
          hdr,      \* per object: [l: lock, v: version, s: slot]
          pay,      \* per object: payload
          img,      \* per object: set of before-images [old, new, val]
          st,       \* per slot: local state
          rec,      \* per slot: the commit left behind by a dead owner
          dead,     \* slots whose owner has died (bounds the crashes)
          L,        \* ghost: logical state, in the order of the clock loads
          wcnt      \* ghost: published writes per object
vars == <<clock, snapcnt, snapS, hdr, pay, img, st, rec, dead, L, wcnt>>

Mut(m) == m \in M
None == 0
Pending == 999
Ended == 998        \* sees everything: needs nothing
Garbage == 77       \* what lies where an image was

-----------------------------------------------------------------------------
(* Kinds. U: log, extend, commit.  R: read-only, no log.  S: snapshot.        *)
(* U12 U21 write both; W1 W2 read both, write one; I1 I2 touch one; Q12 Q21   *)
(* read with a log and write nothing; K1 K2 write one only if both are 0;     *)
(* B1 B2 write one blindly (no version check, old value not used by the user);*)
(* N1 increments one object and skips the version check (a wrong fast path);  *)
(* E12 E21 inevitable: own each object at first access, waiting, then commit; *)
(* F1 the same for one object: lock first, then read, no version check;       *)
(* W2 V3 V1 form a ring: read 1 write 2, read 2 write 3, read 3 write 1.      *)
Ty(k) == CASE k \in {"R12","R21","R321"} -> "R"
           [] k \in {"S12","S21"} -> "S"
           [] OTHER -> "U"
Rd(k) == CASE k \in {"U12","R12","S12","Q12","W2","K1","E12"} -> <<1,2>>
           [] k \in {"U21","R21","S21","Q21","W1","K2","E21"} -> <<2,1>>
           [] k = "V3" -> <<2,3>> [] k = "V1" -> <<3,1>>
           [] k = "Q123" -> <<1,2,3>> [] k = "R321" -> <<3,2,1>>
           [] k \in {"I1","N1","B1","F1"} -> <<1>>
           [] k \in {"I2","B2"} -> <<2>>
Wr(k) == CASE k \in {"U12","U21","E12","E21"} -> {1,2}
           [] k \in {"W1","I1","K1","N1","B1","V1","F1"} -> {1}
           [] k = "V3" -> {3}
           [] k \in {"W2","I2","K2","B2"} -> {2}
           [] OTHER -> {}
Eager(k)     == k \in {"E12","E21","F1"}
Unchecked(k) == k \in {"N1","B1","B2"}
Blind(k)     == k \in {"B1","B2"}

HasSnap == \E s \in Slots : \E n \in 1..Len(Prog[s]) : Ty(Prog[s][n]) = "S"

H0    == [l |-> FALSE, v |-> 0, s |-> 0]
Zero  == [o \in Objs |-> 0]
Fresh(k) == [pc |-> "b", k |-> k, i |-> 1, j |-> 1, rv |-> 0, h |-> H0, tv |-> 0,
             c |-> 0, wv |-> 0, sn |-> 0, log |-> [o \in Objs |-> H0], val |-> Zero,
             exp |-> Zero, exp2 |-> Zero]

Init == /\ clock = 1 /\ snapcnt = 0 /\ snapS = [s \in Slots |-> None]
        /\ hdr = [o \in Objs |-> H0] /\ pay = Zero /\ img = [o \in Objs |-> {}]
        /\ st = [s \in Slots |-> Fresh(1)] /\ L = Zero /\ wcnt = Zero
        /\ rec = [s \in Slots |-> Fresh(0)] /\ dead = {}

-----------------------------------------------------------------------------
Kind(s)  == Prog[s][st[s].k]
Me(s)    == IF Mut("slotShared") THEN 1 ELSE s    \* the slot that headers name
Busy(s)  == st[s].k <= Len(Prog[s])
At(s, p) == Busy(s) /\ st[s].pc = p
Left(s)  == rec[s].k # 0                       \* recovery of slot s is not finished
Free(s)  == Mut("reuseEarly") \/ ~Left(s)
Obj(s)   == Rd(Kind(s))[st[s].i]
\* write set in lock order, and the objects only read
WSeq(s)  == LET W == Wr(Kind(s)) IN SelectSeq(Rd(Kind(s)), LAMBDA o : o \in W)
RSeq(s)  == LET W == Wr(Kind(s)) IN SelectSeq(Rd(Kind(s)), LAMBDA o : o \notin W)
WObj(s)  == WSeq(s)[st[s].j]
Writes(s, val) == /\ Wr(Kind(s)) # {}
                  /\ Kind(s) \in {"K1","K2"} => val[1] + val[2] = 0

Set(s, r) == st' = [st EXCEPT ![s] = r]
Go(s, p)  == Set(s, [st[s] EXCEPT !.pc = p])
Abort(s)  == Set(s, Fresh(st[s].k))
Finish(s) == Set(s, Fresh(st[s].k + 1))

Shared == <<clock, snapcnt, snapS, hdr, pay, img>>
Ghost  == <<L, wcnt>>

(* --- begin and read ------------------------------------------------------ *)
Begin(s) ==
  /\ At(s, "b") /\ Ty(Kind(s)) # "S" /\ ~Eager(Kind(s)) /\ Free(s)
  /\ Set(s, [st[s] EXCEPT !.pc = "rh", !.rv = clock, !.exp = L])
  /\ UNCHANGED <<Shared, Ghost>>

Accept(s, h) ==
  LET own == h.s = Me(s) /\ ~Mut("noOwn")
      new == h.v < st[s].rv \/ (Mut("leq") /\ h.v <= st[s].rv)
  IN \/ ~h.l /\ (new \/ own \/ Unchecked(Kind(s)))
     \/ Mut("ignoreLock") /\ new
     \/ Mut("ownNoLockCheck") /\ own

ReadH(s) ==
  /\ At(s, "rh") /\ ~Mut("headerLast")
  /\ LET h == hdr[Obj(s)] IN
     CASE Accept(s, h) -> Set(s, [st[s] EXCEPT !.pc = "rp", !.h = h])
       [] ~Accept(s, h) /\ h.l -> Abort(s)      \* or wait: not taking this step
       [] OTHER -> Set(s, [st[s] EXCEPT !.pc = "e1", !.h = h])
  /\ UNCHANGED <<Shared, Ghost>>

\* the read is accepted: log it, go on
Logged(s, v) ==
  LET o == Obj(s)
      r == [st[s] EXCEPT !.log[o] = st[s].h, !.val[o] = v, !.i = @ + 1, !.h = H0, !.tv = 0, !.j = 1]
      last == st[s].i = Len(Rd(Kind(s)))
  IN IF ~last THEN Set(s, [r EXCEPT !.pc = "rh"])
     ELSE IF Writes(s, r.val)
          THEN Set(s, [r EXCEPT !.pc = IF Mut("wvEarly") THEN "ck0" ELSE IF Mut("snEarly") THEN "sn0" ELSE "lk"])
          ELSE Set(s, [r EXCEPT !.pc = "fin"])

Fin(s) == At(s, "fin") /\ Finish(s) /\ UNCHANGED <<Shared, Ghost>>

ReadP(s) ==
  /\ At(s, "rp")
  /\ IF Mut("noReread") THEN Logged(s, pay[Obj(s)])
     ELSE Set(s, [st[s] EXCEPT !.pc = "rr", !.tv = pay[Obj(s)]])
  /\ UNCHANGED <<Shared, Ghost>>

ReadR(s) ==
  /\ At(s, "rr")
  /\ IF hdr[Obj(s)] = st[s].h THEN Logged(s, st[s].tv)
     ELSE Abort(s) \/ Set(s, [st[s] EXCEPT !.pc = "rh", !.h = H0, !.tv = 0])
  /\ UNCHANGED <<Shared, Ghost>>

HeaderLast(s) ==  \* mutation: payload first, and a single header load behind it
  /\ Mut("headerLast")
  /\ \/ At(s, "rh") /\ Set(s, [st[s] EXCEPT !.pc = "rl", !.tv = pay[Obj(s)]])
     \/ /\ At(s, "rl")
        /\ LET h == hdr[Obj(s)] IN
           CASE Accept(s, h) -> Set(s, [st[s] EXCEPT !.pc = "ra", !.h = h])
             [] ~Accept(s, h) /\ h.l -> Abort(s)
             [] OTHER -> Set(s, [st[s] EXCEPT !.pc = "e1", !.h = h, !.tv = 0])
     \/ At(s, "ra") /\ Logged(s, st[s].tv)
  /\ UNCHANGED <<Shared, Ghost>>

(* --- inevitable: own at first access ------------------------------------- *)
EH(s) ==
  /\ At(s, "b") /\ Eager(Kind(s)) /\ ~hdr[Obj(s)].l       \* waits for the holder
  /\ Set(s, [st[s] EXCEPT !.pc = "el", !.h = hdr[Obj(s)]])
  /\ UNCHANGED <<Shared, Ghost>>

EL(s) ==
  /\ At(s, "el")
  /\ IF hdr[Obj(s)] = st[s].h
     THEN /\ hdr' = [hdr EXCEPT ![Obj(s)] = [l |-> TRUE, v |-> @.v, s |-> Me(s)]]
          /\ Set(s, [st[s] EXCEPT !.pc = "ep", !.exp = L])
     ELSE Go(s, "b") /\ UNCHANGED hdr
  /\ UNCHANGED <<clock, snapcnt, snapS, pay, img, Ghost>>

EP(s) ==
  /\ At(s, "ep")
  /\ LET o == Obj(s)
         last == st[s].i = Len(Rd(Kind(s)))
     IN Set(s, [st[s] EXCEPT !.log[o] = st[s].h, !.val[o] = pay[o], !.i = @ + 1, !.h = H0,
                             !.pc = IF last THEN "ck" ELSE "b"])
  /\ UNCHANGED <<Shared, Ghost>>

(* --- extend; a read-only transaction ticks and restarts ------------------ *)
AfterTick(s, r) ==
  IF Ty(Kind(s)) = "R" THEN Abort(s)
  ELSE IF Mut("extLate") /\ r.i > 1 THEN Set(s, [r EXCEPT !.pc = "ev", !.j = 1])
  ELSE Set(s, [r EXCEPT !.pc = "e3"])

E1(s) ==
  /\ At(s, "e1")
  /\ IF clock <= st[s].h.v /\ ~Mut("noTick")
     THEN Set(s, [st[s] EXCEPT !.pc = "e2", !.c = clock])
     ELSE AfterTick(s, [st[s] EXCEPT !.c = 0])
  /\ UNCHANGED <<Shared, Ghost>>

E2(s) ==
  /\ At(s, "e2")
  /\ clock' = IF clock = st[s].c THEN clock + 1 ELSE clock
  /\ AfterTick(s, [st[s] EXCEPT !.c = 0])
  /\ UNCHANGED <<snapcnt, snapS, hdr, pay, img, Ghost>>

Extended(s, rv, e) ==
  Set(s, [st[s] EXCEPT !.pc = "rh", !.rv = rv, !.exp = e, !.exp2 = Zero, !.c = 0, !.h = H0, !.j = 1])

E3(s) ==
  /\ At(s, "e3")
  /\ IF st[s].i = 1 \/ Mut("noExtVal") \/ Mut("extLate") THEN Extended(s, clock, L)
     ELSE Set(s, [st[s] EXCEPT !.pc = "ev", !.c = clock, !.exp2 = L, !.j = 1])
  /\ UNCHANGED <<Shared, Ghost>>

\* a read is still good: judged by the snapshot it was made under, as the read was; the word that
\* was seen then need not be kept (the other way, by the word, holds as well)
StillGood(s, o) == LET h == hdr[o] IN
  CASE Mut("byWord") -> h = st[s].log[o]
    [] Mut("newSnapshot") -> ~h.l /\ (h.v < st[s].c \/ h.s = Me(s))
    [] OTHER -> ~h.l /\ (h.v < st[s].rv \/ (h.s = Me(s) /\ ~Mut("noOwn")))

EV(s) ==
  /\ At(s, "ev")
  /\ LET o == Rd(Kind(s))[st[s].j] IN
     IF ~StillGood(s, o) THEN Abort(s)
     ELSE IF st[s].j < st[s].i - 1 THEN Set(s, [st[s] EXCEPT !.j = @ + 1])
     ELSE IF Mut("extLate") THEN Go(s, "e3")
     ELSE Extended(s, st[s].c, st[s].exp2)
  /\ UNCHANGED <<Shared, Ghost>>

(* --- commit -------------------------------------------------------------- *)
Ck0(s) ==  \* mutation wvEarly: clock load before the locks
  /\ At(s, "ck0")
  /\ Set(s, [st[s] EXCEPT !.pc = "lk", !.wv = clock])
  /\ UNCHANGED <<Shared, Ghost>>

Sn0(s) ==  \* mutation snEarly: SNAPCOUNT load before the clock load
  /\ At(s, "sn0")
  /\ Set(s, [st[s] EXCEPT !.pc = "lk", !.sn = snapcnt])
  /\ UNCHANGED <<Shared, Ghost>>

SameWord(h, g) == CASE Mut("casBit") -> ~h.l
                    [] Mut("casVersion") -> ~h.l /\ h.v = g.v
                    [] OTHER -> h = g

Lock(s) ==
  /\ At(s, "lk")
  /\ LET o == WObj(s)
         g == st[s].log[o]
     IN IF SameWord(hdr[o], g)
        THEN /\ hdr' = [hdr EXCEPT ![o] = [l |-> TRUE, v |-> hdr[o].v,
                                           s |-> IF Mut("lockKeepsSlot") THEN hdr[o].s ELSE Me(s)]]
             /\ IF st[s].j < Len(WSeq(s)) THEN Set(s, [st[s] EXCEPT !.j = @ + 1])
                ELSE Set(s, [st[s] EXCEPT !.j = 1, !.pc = "ck"])
        ELSE /\ UNCHANGED hdr
             /\ IF st[s].j = 1 THEN Abort(s)
                ELSE Set(s, [st[s] EXCEPT !.j = @ - 1, !.pc = "un"])
  /\ UNCHANGED <<clock, snapcnt, snapS, pay, img, Ghost>>

Unlock(s) ==
  /\ At(s, "un")
  /\ hdr' = [hdr EXCEPT ![WObj(s)] = st[s].log[WObj(s)]]
  /\ IF st[s].j = 1 THEN Abort(s) ELSE Set(s, [st[s] EXCEPT !.j = @ - 1])
  /\ UNCHANGED <<clock, snapcnt, snapS, pay, img, Ghost>>

\* next step once the read set is valid; the reads must be the state at the clock load
Valid(s, r) ==
  [r EXCEPT !.j = 1, !.exp = r.exp2, !.exp2 = Zero,
            !.pc = IF ~HasSnap THEN "pp" ELSE "sn"]

Ck(s) ==
  /\ At(s, "ck")
  /\ LET r == [st[s] EXCEPT !.wv = IF Mut("wvEarly") THEN @ ELSE clock, !.exp2 = L, !.j = 1]
         \* a blind write does not use the old value: its expectation is the old value itself
         b == IF Blind(Kind(s)) THEN [r EXCEPT !.val = [o \in Objs |-> IF o \in Wr(Kind(s)) THEN L[o] ELSE 0]] ELSE r
     IN /\ Set(s, IF RSeq(s) = <<>> \/ Mut("noCommitVal") THEN Valid(s, b) ELSE [b EXCEPT !.pc = "va"])
        /\ L' = [o \in Objs |-> IF o \in Wr(Kind(s)) THEN b.val[o] + 1 ELSE L[o]]
  /\ UNCHANGED <<Shared, wcnt>>

\* the clock load of s did not become a commit: take its writes out of the ghosts
Undo(s, f) == [o \in Objs |-> IF o \in Wr(Kind(s)) /\ f[o] > st[s].val[o] THEN st[s].val[o] ELSE f[o]]

Va(s) ==
  /\ At(s, "va")
  /\ LET o == RSeq(s)[st[s].j]
         same == IF Mut("valVersion") THEN hdr[o].v = st[s].log[o].v ELSE StillGood(s, o)
     IN IF same
        THEN /\ UNCHANGED L
             /\ IF st[s].j < Len(RSeq(s)) THEN Set(s, [st[s] EXCEPT !.j = @ + 1])
                ELSE Set(s, Valid(s, st[s]))
        ELSE /\ L' = Undo(s, L)
             /\ st' = [q \in Slots |->
                         IF q = s THEN [st[s] EXCEPT !.pc = "un", !.j = Len(WSeq(s))]
                         ELSE [st[q] EXCEPT !.exp = Undo(s, @), !.exp2 = Undo(s, @)]]
  /\ UNCHANGED <<Shared, wcnt>>

Sn(s) ==
  /\ At(s, "sn")
  /\ LET n == IF Mut("snEarly") THEN st[s].sn ELSE snapcnt IN
     Set(s, [st[s] EXCEPT !.sn = IF n # 0 THEN 1 ELSE 0,
                          !.pc = IF n # 0 /\ ~Mut("imgAfterStore") /\ ~Mut("linkAfterStore") /\ ~Mut("linkAfterRelease")
                                 THEN "im" ELSE "pp"])
  /\ UNCHANGED <<Shared, Ghost>>

Keep(s, o, v) == img' = [img EXCEPT ![o] = @ \cup {[old |-> st[s].log[o].v, new |-> st[s].wv, val |-> v]}]

Im(s) ==
  /\ At(s, "im")
  /\ Keep(s, WObj(s), pay[WObj(s)])
  /\ IF st[s].j < Len(WSeq(s)) THEN Set(s, [st[s] EXCEPT !.j = @ + 1])
     ELSE Set(s, [st[s] EXCEPT !.j = 1, !.pc = "pp"])
  /\ UNCHANGED <<clock, snapcnt, snapS, hdr, pay, Ghost>>

Next1(s) == IF st[s].j < Len(WSeq(s)) THEN Set(s, [st[s] EXCEPT !.j = @ + 1, !.pc = "pp"]) ELSE Finish(s)

Pp(s) ==
  /\ At(s, "pp") /\ ~Mut("hdrFirst")
  /\ pay' = [pay EXCEPT ![WObj(s)] = st[s].val[WObj(s)] + 1]
  /\ Go(s, IF st[s].sn = 1 /\ (Mut("imgAfterStore") \/ Mut("linkAfterStore")) THEN "im2" ELSE "ph")
  /\ UNCHANGED <<clock, snapcnt, snapS, hdr, img, Ghost>>

Im2(s) ==  \* mutations: image taken or only linked after the payload store
  /\ At(s, "im2")
  /\ Keep(s, WObj(s), IF Mut("imgAfterStore") THEN pay[WObj(s)] ELSE st[s].val[WObj(s)])
  /\ IF Mut("linkAfterRelease") THEN Next1(s) ELSE Go(s, "ph")
  /\ UNCHANGED <<clock, snapcnt, snapS, hdr, pay, Ghost>>

Ph(s) ==
  /\ At(s, "ph") /\ ~Mut("hdrFirst")
  /\ hdr' = [hdr EXCEPT ![WObj(s)] = [l |-> FALSE, v |-> st[s].wv, s |-> Me(s)]]
  /\ wcnt' = [wcnt EXCEPT ![WObj(s)] = @ + 1]
  /\ IF st[s].sn = 1 /\ Mut("linkAfterRelease") THEN Go(s, "im2") ELSE Next1(s)
  /\ UNCHANGED <<clock, snapcnt, snapS, pay, img, L>>

HdrFirst(s) ==  \* mutation: header released before the payload store
  /\ Mut("hdrFirst")
  /\ \/ /\ At(s, "pp") /\ Go(s, "ph")
        /\ hdr' = [hdr EXCEPT ![WObj(s)] = [l |-> FALSE, v |-> st[s].wv, s |-> Me(s)]]
        /\ UNCHANGED <<pay, wcnt>>
     \/ /\ At(s, "ph") /\ Next1(s)
        /\ pay' = [pay EXCEPT ![WObj(s)] = st[s].val[WObj(s)] + 1]
        /\ wcnt' = [wcnt EXCEPT ![WObj(s)] = @ + 1]
        /\ UNCHANGED hdr
  /\ UNCHANGED <<clock, snapcnt, snapS, img, L>>

(* --- snapshot ------------------------------------------------------------ *)
SAnnounce(s) ==
  /\ At(s, "b") /\ Ty(Kind(s)) = "S" /\ Free(s)
  /\ snapS' = [snapS EXCEPT ![s] = IF Mut("noPending") THEN None ELSE Pending]
  /\ Go(s, IF Mut("countAfterTick") THEN "s2" ELSE "s1")
  /\ UNCHANGED <<clock, snapcnt, hdr, pay, img, Ghost>>

SCount(s) ==
  /\ At(s, "s1")
  /\ snapcnt' = snapcnt + 1
  /\ Go(s, IF Mut("countAfterTick") THEN "s3" ELSE "s2")
  /\ UNCHANGED <<clock, snapS, hdr, pay, img, Ghost>>

STick(s) ==
  /\ At(s, "s2")
  /\ clock' = clock + 1
  /\ Set(s, [st[s] EXCEPT !.pc = IF Mut("countAfterTick") THEN "s1" ELSE "s3", !.exp = L,
                          !.rv = CASE Mut("snapPost") -> clock + 1
                                   [] Mut("snapBelow") -> clock - 1
                                   [] OTHER -> clock])
  /\ UNCHANGED <<snapcnt, snapS, hdr, pay, img, Ghost>>

(* A compare-and-set: who was ended before he knew what he sees begins again. *)
SPublish(s) ==
  /\ At(s, "s3")
  /\ IF snapS[s] = Ended /\ ~Mut("publishOverEnded")
     THEN Go(s, "s4") /\ UNCHANGED snapS
     ELSE Go(s, "sh") /\ snapS' = [snapS EXCEPT ![s] = st[s].rv]
  /\ UNCHANGED <<clock, snapcnt, hdr, pay, img, Ghost>>

SAgain(s) ==
  /\ At(s, "s4")
  /\ snapS' = [snapS EXCEPT ![s] = Pending]
  /\ Set(s, [st[s] EXCEPT !.pc = "s2", !.j = 2])
  /\ UNCHANGED <<clock, snapcnt, hdr, pay, img, Ghost>>

SH(s) ==
  /\ At(s, "sh")
  /\ LET h == hdr[Obj(s)] IN
     Set(s, [st[s] EXCEPT !.h = h,
             !.pc = IF (~h.l \/ Mut("snapIgnoreLock")) /\ h.v <= st[s].rv THEN "sp"
                    ELSE IF Mut("endedCheckFirst") THEN "sk" ELSE "sc"])
  /\ UNCHANGED <<Shared, Ghost>>

SLogged(s, v) ==
  LET r == [st[s] EXCEPT !.val[Obj(s)] = v, !.i = @ + 1, !.h = H0, !.tv = 0]
  IN Set(s, [r EXCEPT !.pc = IF st[s].i = Len(Rd(Kind(s))) THEN "sx" ELSE "sh"])

SP(s) ==
  /\ At(s, "sp")
  /\ IF Mut("snapNoReread") THEN SLogged(s, pay[Obj(s)])
     ELSE Set(s, [st[s] EXCEPT !.pc = "sr", !.tv = pay[Obj(s)]])
  /\ UNCHANGED <<Shared, Ghost>>

SR(s) ==
  /\ At(s, "sr")
  /\ IF hdr[Obj(s)] = st[s].h THEN SLogged(s, st[s].tv)
     ELSE Set(s, [st[s] EXCEPT !.pc = "sh", !.h = H0, !.tv = 0])
  /\ UNCHANGED <<Shared, Ghost>>

SC(s) ==
  /\ At(s, "sc")
  /\ LET cover == {x \in img[Obj(s)] : x.old <= st[s].rv /\ st[s].rv < x.new} IN
     IF cover # {} THEN \E x \in cover : Set(s, [st[s] EXCEPT !.pc = "se", !.tv = x.val])
     ELSE IF ~st[s].h.l THEN Set(s, [st[s] EXCEPT !.pc = "se", !.tv = Garbage])
     ELSE /\ hdr[Obj(s)] # st[s].h                      \* spin
          /\ Set(s, [st[s] EXCEPT !.pc = "sh", !.h = H0])
  /\ UNCHANGED <<Shared, Ghost>>

SLook(s) ==  \* mutation: the view is looked at before the image is
  /\ Mut("endedCheckFirst") /\ At(s, "sk")
  /\ Go(s, IF snapS[s] = Ended THEN "sx" ELSE "sc")
  /\ UNCHANGED <<Shared, Ghost>>

SE(s) ==
  /\ At(s, "se")
  /\ LET told == snapS[s] = Ended /\ ~Mut("noEndedCheck") /\ ~Mut("endedCheckFirst") IN
     CASE told -> Go(s, "sx")                           \* an exception, or another snapshot
       [] ~told /\ st[s].tv = Garbage /\ snapS[s] # Ended -> Go(s, "miss")   \* never
       [] OTHER -> SLogged(s, st[s].tv)
  /\ UNCHANGED <<Shared, Ghost>>

SX(s) ==
  /\ At(s, "sx")
  /\ snapcnt' = snapcnt - 1
  /\ snapS' = [snapS EXCEPT ![s] = None]
  /\ Finish(s)
  /\ UNCHANGED <<clock, hdr, pay, img, Ghost>>

(* The snapshot is ended: nobody asks its reader. While it is entered, once (j), *)
(* since each time ticks the clock.                                              *)
End(s) ==
  /\ s \in Ends /\ snapS[s] \notin {None, Ended}
  /\ snapS[s] = Pending => s \in Again /\ st[s].j = 1
  /\ snapS' = [snapS EXCEPT ![s] = Ended]
  /\ UNCHANGED <<clock, snapcnt, hdr, pay, img, st, Ghost>>

(* Reclamation, at any time: an image goes when no announced snapshot is older. *)
Reclaim ==
  /\ \E o \in Objs : \E x \in img[o] :
       /\ \A s \in Slots : snapS[s] = None \/ (snapS[s] # Pending /\ snapS[s] >= x.new)
                          \/ (Mut("reclaimBeforeEnd") /\ s \in Ends /\ snapS[s] # Pending)
       /\ img' = [img EXCEPT ![o] = @ \ {x}]
  /\ UNCHANGED <<clock, snapcnt, snapS, hdr, pay, st, Ghost>>

(* --- death inside a commit, and recovery --------------------------------- *)
(* The commit point (status := COMMITTED) lies just before the first payload *)
(* store: dead at "pp" of the first object, it may or may not be committed.  *)
Die(s) ==
  /\ s \in Crash \ dead /\ Busy(s) /\ st[s].pc \in {"lk","un","ck","va","sn","im","pp","ph"}
  /\ dead' = dead \cup {s}
  /\ LET r == st[s]
         loaded == r.pc \in {"va","sn","im","pp"}      \* clock loaded, not undone
         First == r.pc = "pp" /\ r.j = 1
     IN \/ /\ r.pc \in {"pp","ph"}
           /\ rec' = [rec EXCEPT ![s] = [r EXCEPT !.pc = "f1", !.j = 1]]
           /\ st' = [st EXCEPT ![s] = Fresh(r.k + 1)]
           /\ UNCHANGED L
        \/ /\ r.pc \notin {"pp","ph"} \/ First
           /\ rec' = [rec EXCEPT ![s] = [r EXCEPT !.pc = "bk", !.j = 1]]
           /\ L' = IF loaded THEN Undo(s, L) ELSE L
           /\ st' = [q \in Slots |-> IF q = s THEN Fresh(r.k)
                        ELSE IF loaded THEN [st[q] EXCEPT !.exp = Undo(s, @), !.exp2 = Undo(s, @)] ELSE st[q]]
  /\ UNCHANGED <<Shared, wcnt>>

RKind(s) == Prog[s][rec[s].k]
RSet(s)  == SelectSeq(Rd(RKind(s)), LAMBDA o : o \in Wr(RKind(s)))
RO(s)    == RSet(s)[rec[s].j]
Mine(s)  == Mut("recBlind") \/ (hdr[RO(s)].l /\ hdr[RO(s)].s = s)
RNext(s) == rec' = [rec EXCEPT ![s] = IF rec[s].j = Len(RSet(s)) THEN Fresh(0)
                                      ELSE [rec[s] EXCEPT !.j = @ + 1, !.pc = IF @ = "bk" THEN "bk" ELSE "f1"]]

RBack(s) ==   \* not committed: drop the lock, restore the logged word
  /\ Left(s) /\ rec[s].pc = "bk"
  /\ hdr' = IF Mine(s) THEN [hdr EXCEPT ![RO(s)] = rec[s].log[RO(s)]] ELSE hdr
  /\ RNext(s)
  /\ UNCHANGED <<clock, snapcnt, snapS, pay, img, st, dead, Ghost>>

RFwd1(s) ==   \* committed: store again what is still locked
  /\ Left(s) /\ rec[s].pc = "f1"
  /\ IF Mine(s)
     THEN /\ pay' = [pay EXCEPT ![RO(s)] = rec[s].val[RO(s)] + 1]
          /\ rec' = [rec EXCEPT ![s].pc = "f2"]
     ELSE UNCHANGED pay /\ RNext(s)
  /\ UNCHANGED <<clock, snapcnt, snapS, hdr, img, st, dead, Ghost>>

RFwd2(s) ==
  /\ Left(s) /\ rec[s].pc = "f2"
  /\ hdr' = [hdr EXCEPT ![RO(s)] = [l |-> FALSE, v |-> rec[s].wv, s |-> s]]
  /\ wcnt' = [wcnt EXCEPT ![RO(s)] = IF hdr[RO(s)].l /\ hdr[RO(s)].s = s THEN @ + 1 ELSE @]
  /\ RNext(s)
  /\ UNCHANGED <<clock, snapcnt, snapS, pay, img, st, dead, L>>

RDie(s) ==    \* the recoverer dies too: the next one starts over
  /\ Left(s)
  /\ rec' = [rec EXCEPT ![s].j = 1, ![s].pc = IF @ = "bk" THEN "bk" ELSE "f1"]
  /\ UNCHANGED <<Shared, st, dead, Ghost>>

Recovery(s) == Die(s) \/ RBack(s) \/ RFwd1(s) \/ RFwd2(s) \/ RDie(s)

-----------------------------------------------------------------------------
Step(s) == \/ EH(s) \/ EL(s) \/ EP(s) \/ Begin(s) \/ HeaderLast(s) \/ ReadH(s) \/ ReadP(s) \/ ReadR(s) \/ Fin(s)
           \/ E1(s) \/ E2(s) \/ E3(s) \/ EV(s)
           \/ Ck0(s) \/ Sn0(s) \/ Lock(s) \/ Unlock(s) \/ Ck(s) \/ Va(s) \/ Sn(s) \/ Im(s)
           \/ Pp(s) \/ Im2(s) \/ Ph(s) \/ HdrFirst(s)
           \/ SAnnounce(s) \/ SCount(s) \/ STick(s) \/ SPublish(s) \/ SAgain(s) \/ SH(s) \/ SP(s) \/ SR(s) \/ SC(s) \/ SLook(s) \/ SE(s) \/ SX(s)
           \/ End(s)

AllDone == \A s \in Slots : ~Busy(s) /\ ~Left(s)
Same == UNCHANGED <<rec, dead>>
Next == (\E s \in Slots : (Step(s) /\ Same) \/ Recovery(s)) \/ (Reclaim /\ Same) \/ (AllDone /\ UNCHANGED vars)
Spec == Init /\ [][Next]_vars
Fair == Spec /\ \A s \in Slots : WF_vars(Step(s) /\ Same)

-----------------------------------------------------------------------------
(* Programs *)
P_update  == << <<"U12","U12">>, <<"U21","U12">>, <<"R12","Q21">> >>
P_three   == << <<"U12","U21">>, <<"U21">>, <<"U12">> >>
P_own     == << <<"I1","I1","U12">>, <<"Q12","U21">>, <<"R21">> >>
P_own2    == << <<"I1","I1","I2","W1">>, <<"I1","Q21","I2">> >>
P_own3    == << <<"I1","R12">>, <<"W2","Q12">>, <<"I2","R21">> >>
P_ring    == << <<"W2">>, <<"V3">>, <<"V1">>, <<"R321">> >>
P_ringq   == << <<"W2","Q123">>, <<"V3">>, <<"V1">> >>
P_mixed   == << <<"W1","W1">>, <<"W2","I1">>, <<"R12","Q21">> >>
P_skew    == << <<"K1","R12">>, <<"K2">>, <<"K1","Q21">> >>
P_skew2   == << <<"K1">>, <<"K2">> >>
P_snap    == << <<"U12","U12">>, <<"U21">>, <<"S12","S21">> >>
P_snapown == << <<"I1","I1","W2">>, <<"W1">>, <<"S12">> >>
P_snap2   == << <<"U12","U21">>, <<"S12">>, <<"S21">> >>
P_snap3   == << <<"U12">>, <<"S12">>, <<"S21">> >>
P_blind   == << <<"I1","I1","W1">>, <<"B1","B1">>, <<"R12","Q21">> >>
P_nocheck == << <<"I1","I1">>, <<"N1">> >>
P_fast    == << <<"I1","I1">>, <<"F1","F1">>, <<"Q12","R12">> >>
P_live    == << <<"U12">>, <<"U12">>, <<"R12">> >>
P_liverw  == << <<"W1">>, <<"W2">> >>
P_ext     == << <<"I1","U12">>, <<"Q21">>, <<"R12">> >>
P_eager   == << <<"E12","I1">>, <<"U21">>, <<"W2">> >>
P_eagers  == << <<"E12">>, <<"U21">>, <<"S12">> >>
P_eager2  == << <<"E12">>, <<"E21">> >>
P_livebad == << <<"U12">>, <<"U21">> >>
P_ends    == << <<"U12","U12">>, <<"S12">> >>
P_crash   == << <<"U12","U12">>, <<"U21">>, <<"R12">> >>
P_crashw  == << <<"W1","I1">>, <<"W2">>, <<"Q21">> >>
P_crashs  == << <<"U12","I1">>, <<"S12">> >>
-----------------------------------------------------------------------------
Seen(s) == {Rd(Kind(s))[n] : n \in 1..(st[s].i - 1)}

\* user-visible, without ghosts
EqualReads == Equal => \A s \in Slots : Busy(s) => \A o, p \in Seen(s) : st[s].val[o] = st[s].val[p]
NoLost     == \A o \in Objs : ~hdr[o].l => pay[o] = wcnt[o]
NoSkew     == (\A s \in Slots : \A n \in 1..Len(Prog[s]) : Prog[s][n] \in {"K1","K2","R12","R21","S12","S21","Q12","Q21"})
              => pay[1] + pay[2] <= 1
\* P_ext only: the committed states of (1, 2) are (0,0) (1,0) (2,1)
NoGap      == Prog = P_ext => \A s \in Slots : Busy(s) /\ Seen(s) = {1,2}
                                => st[s].val[1] \in {st[s].val[2], st[s].val[2] + 1}
NoMiss     == \A s \in Slots : st[s].pc # "miss"

\* Opacity and strict serializability at once: whatever a transaction has read so far is
\* the logical state at one instant after its begin (its newest clock load), and an update
\* that passed validation has read the logical state at the instant of its commit's clock load.
Exact == \A s \in Slots : Busy(s) /\ ~Unchecked(Kind(s)) => \A o \in Seen(s) : st[s].val[o] = st[s].exp[o]
\* B and N kinds: only once their commit is decided
ExactU == \A s \in Slots : Busy(s) /\ Unchecked(Kind(s)) /\ st[s].pc \in {"sn","im","pp","ph"}
             => \A o \in Seen(s) : st[s].val[o] = st[s].exp[o]

\* the version of an object never falls, and never exceeds the clock
Bounds == \A o \in Objs : hdr[o].v <= clock
Grow   == [][\A o \in Objs : hdr'[o].v >= hdr[o].v]_vars

\* traps: each must be violated, which shows that the case is reached
NoOwnUse == \A s \in Slots : Busy(s) /\ st[s].pc = "rp" => st[s].h.v < st[s].rv
NoCover  == \A s \in Slots : At(s, "sc") =>
              {x \in img[Obj(s)] : x.old <= st[s].rv /\ st[s].rv < x.new} = {}
NoEnded  == \A s \in Slots : ~(At(s, "se") /\ snapS[s] = Ended /\ st[s].tv = Garbage)
NoAgain  == \A s \in Slots : ~At(s, "s4")
NoExtend == [][\A s \in Slots : st[s].pc = "ev" => st'[s].pc # "rh"]_vars

Quiet == AllDone => snapcnt = 0 /\ L = pay /\ \A o \in Objs : ~hdr[o].l
Live  == <>AllDone

=============================================================================
