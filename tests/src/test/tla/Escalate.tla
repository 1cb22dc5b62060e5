------------------------------ MODULE Escalate ------------------------------
(* Writers that do not check versions: the escalated (or inevitable) attempt, *)
(* which owns what it touches and cannot lose, and commutative updates, which *)
(* take their value under the lock. Beside them the ordinary transactions of  *)
(* Commit.tla, without snapshots.                                             *)
(*                                                                            *)
(* Header word, from the top: LOCK (l), OWNED (o), version (v), slot (s): of  *)
(* the last writer, or of the holder while LOCK or OWNED.                     *)
(*   free(v,a) --Own, h--> owned(v,h) --ToLock, h--> locked(v,h)              *)
(*   locked(v,h) --Ph, h--> free(w,h)    owned(v,h) --Restore, h--> free(v,a) *)
(*                                                                            *)
(* The escalated attempt holds the token, one per region. At the first access *)
(* to an object it waits while the word is LOCKed, logs the word, and sets    *)
(* OWNED by compare-and-set of the whole word; the payload cannot change from *)
(* then on. At commit it turns OWNED into LOCK on what it wrote, loads the    *)
(* clock, needs no validation, publishes, puts the logged words back on what  *)
(* it only read, and gives the token back last. Nothing makes it re-run.      *)
(* Others read an owned object in place, if its version is below rv, and      *)
(* validate it likewise; a commit that needs it releases its locks and        *)
(* re-runs. A transaction that has lost Patience times escalates.             *)
(*                                                                            *)
(* A merge, or commutative update (D), logs no read. Its commit locks the     *)
(* object with whatever word is current, if LOCK and OWNED are clear, and     *)
(* adds to the payload found under the lock; the sum, not the addend, goes    *)
(* into the log. Who has also read the object (M1) validates the word that    *)
(* the lock has replaced.                                                     *)
(*                                                                            *)
(* Tie rule: a commit that finds under its locks the clock's value as version *)
(* of another slot ticks and loads again. Only E and D kinds can meet this.   *)
(* Memory needs no such rule (run noTieInMemory; README.md has the argument), *)
(* the order of a feed by (version, slot, sequence) does (FeedOrder).         *)
(*                                                                            *)
(* An owner may die at any step that holds something. Recovery visits what    *)
(* the slot's log names, touches what that slot still holds, and gives the    *)
(* token back last.                                                           *)
(*                                                                            *)
(* Atomicity: sequentially consistent, at most one access to shared memory    *)
(* per step, payloads of one word; payloads that are stable under the         *)
(* attempt's own locks are read in the step that needs them.                  *)
EXTENDS Naturals, Sequences, FiniteSets

CONSTANTS Prog,     \* one sequence of transaction kinds per slot
          M,        \* set of mutations; {} is the protocol
          Equal,    \* TRUE: every writer in Prog adds the same to both objects
          Patience, \* losses before an update escalates; Never: it does not
          Waits,    \* TRUE: commits lock in offset order, and wait for LOCK
          Crash     \* slots whose owner may die once

Objs  == {1, 2}
Slots == 1..Len(Prog)
Never == 9

VARIABLES clock, token, hdr, pay, st,
          rec,      \* per slot: the attempt left behind by a dead owner
          dead,     \* slots whose owner has died
          L,        \* ghost: logical state, in the order of the clock loads
          wcnt,     \* ghost: published writes per object
          top       \* ghost: newest entry of the feed per object
vars == <<clock, token, hdr, pay, st, rec, dead, L, wcnt, top>>

Mut(m) == m \in M

-----------------------------------------------------------------------------
(* Kinds. U: read, log, commit.  R: read-only, no log.  E: escalated.         *)
(* D: commutative. Digits: order of access. W1 reads both and writes 1; I1    *)
(* touches only 1; Q reads with a log; K1 writes 1 only if both are 0. M1     *)
(* reads 1, and merges into it if it is 0.                                    *)
Base(k) == CASE k = "E12" -> "U12" [] k = "E21" -> "U21" [] k = "EW1" -> "W1" [] k = "EW2" -> "W2"
             [] k = "EK1" -> "K1" [] k = "EK2" -> "K2" [] k = "EI1" -> "I1" [] OTHER -> k
Ty(k) == CASE k \in {"R12","R21"} -> "R" [] k \in {"D1","D2","D12","D21"} -> "D"
           [] k # Base(k) -> "E" [] OTHER -> "U"
Rd(k) == CASE Base(k) \in {"U12","R12","Q12","W2","K1","D12"} -> <<1,2>>
           [] Base(k) \in {"U21","R21","Q21","W1","K2","D21"} -> <<2,1>>
           [] Base(k) \in {"I1","D1","M1"} -> <<1>>
           [] Base(k) \in {"I2","D2"} -> <<2>>
Wr(k) == CASE Base(k) \in {"U12","U21","D12","D21"} -> {1,2}
           [] Base(k) \in {"W1","I1","K1","D1","M1"} -> {1}
           [] Base(k) \in {"W2","I2","K2","D2"} -> {2}
           [] OTHER -> {}

H0   == [l |-> FALSE, o |-> FALSE, v |-> 0, s |-> 0]
Zero == [o \in Objs |-> 0]
Fresh(k, lost) == [pc |-> "b", k |-> k, lost |-> lost, i |-> 1, j |-> 1, rv |-> 0, h |-> H0, tv |-> 0,
                   c |-> 0, wv |-> 0, lg |-> {}, log |-> [o \in Objs |-> H0], val |-> Zero,
                   exp |-> Zero, exp2 |-> Zero]

Init == /\ clock = 1 /\ token = 0 /\ hdr = [o \in Objs |-> H0] /\ pay = Zero
        /\ st = [s \in Slots |-> Fresh(1, 0)] /\ rec = [s \in Slots |-> Fresh(0, 0)] /\ dead = {}
        /\ L = Zero /\ wcnt = Zero /\ top = [o \in Objs |-> [v |-> 0, s |-> 0, k |-> 0, val |-> 0]]

Kind(s)  == Prog[s][st[s].k]
Busy(s)  == st[s].k <= Len(Prog[s])
At(s, p) == Busy(s) /\ st[s].pc = p
Left(s)  == rec[s].k # 0
Esc(s)   == Ty(Kind(s)) = "E" \/ (Ty(Kind(s)) = "U" /\ Wr(Kind(s)) # {} /\ st[s].lost = Patience)
Obj(s)   == Rd(Kind(s))[st[s].i]
Sorted(q) == IF Waits /\ Len(q) = 2 THEN <<1,2>> ELSE q
\* what is written, in lock order, and what is only read; K kinds may write nothing
Does(s)  == Wr(Kind(s)) # {} /\ (Base(Kind(s)) \in {"K1","K2","M1"} => st[s].val[1] + st[s].val[2] = 0)
WSeq(s)  == Sorted(SelectSeq(Rd(Kind(s)), LAMBDA o : Does(s) /\ o \in Wr(Kind(s))))
RSeq(s)  == SelectSeq(Rd(Kind(s)), LAMBDA o : ~(Does(s) /\ o \in Wr(Kind(s))))
WObj(s)  == WSeq(s)[st[s].j]
Merges(s) == Ty(Kind(s)) = "D" \/ Kind(s) = "M1"
VSeq(s)  == CASE Ty(Kind(s)) = "D" \/ Esc(s) -> <<>> [] Kind(s) = "M1" -> <<1>> [] OTHER -> RSeq(s)
\* what the commit adds to
Old(s, o) == IF Kind(s) = "M1" THEN st[s].tv ELSE st[s].val[o]

Set(s, r) == st' = [st EXCEPT ![s] = r]
Go(s, p)  == Set(s, [st[s] EXCEPT !.pc = p])
Abort(s)  == Set(s, Fresh(st[s].k, IF Patience # Never /\ st[s].lost < Patience THEN st[s].lost + 1 ELSE st[s].lost))
Finish(s) == Set(s, Fresh(st[s].k + 1, 0))
SetHdr(o, h) == hdr' = [hdr EXCEPT ![o] = h]

Shared == <<clock, token, hdr, pay>>
Ghost  == <<L, wcnt, top>>

(* --- begin, read, extend ------------------------------------------------- *)
Begin(s) ==
  /\ At(s, "b") /\ ~Esc(s) /\ ~Left(s)
  /\ Set(s, [st[s] EXCEPT !.pc = IF Ty(Kind(s)) = "D" THEN "dh" ELSE "rh", !.rv = clock, !.exp = L])
  /\ UNCHANGED <<Shared, Ghost>>

\* one mask tests LOCK, OWNED and slot; an owned word is accepted by its version only
Accept(s, h) == ~h.l /\ (h.v < st[s].rv \/ (h.s = s /\ (~h.o \/ Mut("ownWhileOwned"))))

ReadH(s) ==
  /\ At(s, "rh")
  /\ LET h == hdr[Obj(s)] IN
     CASE h.o /\ Mut("readersWait") -> FALSE
       [] Accept(s, h) -> Set(s, [st[s] EXCEPT !.pc = "rp", !.h = h])
       [] ~Accept(s, h) /\ h.l -> Abort(s)
       [] OTHER -> Set(s, [st[s] EXCEPT !.pc = "e1", !.h = h])
  /\ UNCHANGED <<Shared, Ghost>>

ReadP(s) ==
  /\ At(s, "rp")
  /\ Set(s, [st[s] EXCEPT !.pc = "rr", !.tv = pay[Obj(s)]])
  /\ UNCHANGED <<Shared, Ghost>>

\* the object is logged; next read, or commit
Logged(s, h, v, again, commit) ==
  LET o == Obj(s)
      r == [st[s] EXCEPT !.log[o] = h, !.lg = @ \cup {o}, !.val[o] = v, !.h = H0, !.tv = 0, !.j = 1]
  IN IF st[s].i < Len(Rd(Kind(s))) THEN Set(s, [r EXCEPT !.pc = again, !.i = @ + 1])
     ELSE Set(s, [r EXCEPT !.pc = commit, !.i = @ + 1])

ReadR(s) ==
  /\ At(s, "rr")
  /\ IF hdr[Obj(s)] = st[s].h THEN Logged(s, st[s].h, st[s].tv, "rh", "end")
     ELSE Set(s, [st[s] EXCEPT !.pc = "rh", !.h = H0, !.tv = 0])
  /\ UNCHANGED <<Shared, Ghost>>

End(s) ==    \* the body has ended: commit, or nothing to write
  /\ At(s, "end")
  /\ IF WSeq(s) = <<>> THEN Finish(s) ELSE Go(s, IF Merges(s) THEN "dh" ELSE "lk")
  /\ UNCHANGED <<Shared, Ghost>>

AfterTick(s, r) == IF Ty(Kind(s)) = "R" THEN Abort(s) ELSE Set(s, [r EXCEPT !.pc = "e3"])

E1(s) ==
  /\ At(s, "e1")
  /\ IF clock <= st[s].h.v THEN Set(s, [st[s] EXCEPT !.pc = "e2", !.c = clock])
     ELSE AfterTick(s, [st[s] EXCEPT !.c = 0])
  /\ UNCHANGED <<Shared, Ghost>>

E2(s) ==
  /\ At(s, "e2")
  /\ clock' = IF clock = st[s].c THEN clock + 1 ELSE clock
  /\ AfterTick(s, [st[s] EXCEPT !.c = 0])
  /\ UNCHANGED <<token, hdr, pay, Ghost>>

Extended(s, rv, e) ==
  Set(s, [st[s] EXCEPT !.pc = "rh", !.rv = rv, !.exp = e, !.exp2 = Zero, !.c = 0, !.h = H0, !.j = 1])

E3(s) ==
  /\ At(s, "e3")
  /\ IF st[s].i = 1 THEN Extended(s, clock, L)
     ELSE Set(s, [st[s] EXCEPT !.pc = "ev", !.c = clock, !.exp2 = L, !.j = 1])
  /\ UNCHANGED <<Shared, Ghost>>

\* judged by the snapshot of the reads (not the new one), as the read was
StillValid(s, h, g, newClock) ==
  \/ Accept(s, h)
  \/ /\ h.o /\ ~h.l
     /\ \/ h.v < st[s].rv
        \/ Mut("ownedAnyVersion")
        \/ Mut("ownedNewSnapshot") /\ h.v < newClock

\* mutation: a written object counts as unchanged when an owner holds it at the logged version
SameVersion(s, o) == Mut("ownedSameVersion") /\ o \in Wr(Kind(s)) /\ hdr[o].o /\ hdr[o].v = st[s].log[o].v

EV(s) ==
  /\ At(s, "ev")
  /\ LET o == Rd(Kind(s))[st[s].j] IN
     IF ~StillValid(s, hdr[o], st[s].log[o], st[s].c) /\ ~SameVersion(s, o) THEN Abort(s)
     ELSE IF st[s].j < st[s].i - 1 THEN Set(s, [st[s] EXCEPT !.j = @ + 1])
     ELSE Extended(s, st[s].c, st[s].exp2)
  /\ UNCHANGED <<Shared, Ghost>>

(* --- escalated: token, own at first access ------------------------------- *)
Token(s) ==
  /\ At(s, "b") /\ Esc(s) /\ ~Left(s)
  /\ token = 0 \/ Mut("noToken")
  /\ token' = s
  /\ Go(s, "oh")
  /\ UNCHANGED <<clock, hdr, pay, Ghost>>

OwnH(s) ==     \* the log entry comes before the compare-and-set
  /\ At(s, "oh") /\ ~hdr[Obj(s)].l
  /\ Mut("noToken") => ~hdr[Obj(s)].o
  /\ Set(s, [st[s] EXCEPT !.pc = "oc", !.h = hdr[Obj(s)], !.log[Obj(s)] = hdr[Obj(s)],
                          !.lg = IF Mut("logAfterOwn") THEN @ ELSE @ \cup {Obj(s)}])
  /\ UNCHANGED <<Shared, Ghost>>

Own(s) ==
  /\ At(s, "oc")
  /\ IF hdr[Obj(s)] = st[s].h \/ Mut("ownBlind")
     THEN /\ SetHdr(Obj(s), [l |-> FALSE, o |-> TRUE, v |-> st[s].h.v, s |-> s])
          /\ Set(s, [st[s] EXCEPT !.pc = "op", !.exp = L])
     ELSE Go(s, "oh") /\ UNCHANGED hdr
  /\ UNCHANGED <<clock, token, pay, Ghost>>

OwnP(s) ==
  /\ At(s, "op")
  /\ Logged(s, st[s].h, pay[Obj(s)], "oh", "oe")
  /\ UNCHANGED <<Shared, Ghost>>

OwnEnd(s) ==
  /\ At(s, "oe")
  /\ Set(s, [st[s] EXCEPT !.pc = IF Mut("restoreEarly") /\ RSeq(s) # <<>> THEN "rs"
                                 ELSE IF Mut("clockBeforeLock") \/ Mut("publishOwned") THEN "ck" ELSE "tl"])
  /\ UNCHANGED <<Shared, Ghost>>

ToLock(s) ==   \* nobody else writes an owned word
  /\ At(s, "tl")
  /\ IF WSeq(s) = <<>>
     THEN UNCHANGED hdr /\ Go(s, "ck")
     ELSE /\ SetHdr(WObj(s), [hdr[WObj(s)] EXCEPT !.l = TRUE, !.o = FALSE])
          /\ IF st[s].j < Len(WSeq(s)) THEN Set(s, [st[s] EXCEPT !.j = @ + 1])
             ELSE Set(s, [st[s] EXCEPT !.j = 1, !.pc = IF Mut("clockBeforeLock") THEN "pp" ELSE "ck"])
  /\ UNCHANGED <<clock, token, pay, Ghost>>

Restore(s) ==
  /\ At(s, "rs")
  /\ SetHdr(RSeq(s)[st[s].j], IF Mut("restoreSlot") THEN [hdr[RSeq(s)[st[s].j]] EXCEPT !.o = FALSE]
                              ELSE st[s].log[RSeq(s)[st[s].j]])
  /\ IF st[s].j < Len(RSeq(s)) THEN Set(s, [st[s] EXCEPT !.j = @ + 1])
     ELSE IF Mut("tokenFirst") THEN Finish(s)
     ELSE Set(s, [st[s] EXCEPT !.j = 1, !.pc = IF Mut("restoreEarly") THEN "tl" ELSE "te"])
  /\ UNCHANGED <<clock, token, pay, Ghost>>

TokenEnd(s) ==
  /\ At(s, "te")
  /\ token' = 0
  /\ IF Mut("tokenFirst") /\ RSeq(s) # <<>> THEN Go(s, "rs") ELSE Finish(s)
  /\ UNCHANGED <<clock, hdr, pay, Ghost>>

(* --- commit -------------------------------------------------------------- *)
DeltaH(s) ==   \* commutative: any word with LOCK and OWNED clear will do
  /\ At(s, "dh")
  /\ LET o == WObj(s)
         h == hdr[o]
     IN IF ~h.l /\ ~h.o
        THEN Set(s, [st[s] EXCEPT !.pc = "lk", !.log[o] = h, !.lg = @ \cup {o},
                                  !.val[o] = CASE Kind(s) = "M1" -> @ [] Mut("deltaEarly") -> pay[o] [] OTHER -> 0])
        ELSE /\ ~(Waits /\ h.l)
             /\ IF st[s].j = 1 THEN Abort(s) ELSE Set(s, [st[s] EXCEPT !.j = @ - 1, !.pc = "un"])
  /\ UNCHANGED <<Shared, Ghost>>

Lock(s) ==
  /\ At(s, "lk")
  /\ LET o == WObj(s)
         g == st[s].log[o]
         ok == hdr[o] = g /\ (~g.o \/ Mut("lockOwned"))
     IN IF ok
        THEN /\ SetHdr(o, [l |-> TRUE, o |-> FALSE, v |-> g.v, s |-> s])
             /\ IF st[s].j < Len(WSeq(s))
                THEN Set(s, [st[s] EXCEPT !.j = @ + 1, !.pc = IF Merges(s) THEN "dh" ELSE "lk"])
                ELSE Set(s, [st[s] EXCEPT !.j = 1, !.pc = "ck"])
        ELSE /\ ~(Waits /\ hdr[o].l) /\ ~(Mut("waitOwned") /\ hdr[o].o)
             /\ UNCHANGED hdr
             /\ CASE Merges(s) -> Go(s, "dh")
                  [] ~Merges(s) /\ st[s].j = 1 -> Abort(s)
                  [] OTHER -> Set(s, [st[s] EXCEPT !.j = @ - 1, !.pc = "un"])
  /\ UNCHANGED <<clock, token, pay, Ghost>>

Unlock(s) ==
  /\ At(s, "un")
  /\ SetHdr(WObj(s), st[s].log[WObj(s)])
  /\ IF st[s].j = 1 THEN Abort(s) ELSE Set(s, [st[s] EXCEPT !.j = @ - 1])
  /\ UNCHANGED <<clock, token, pay, Ghost>>

AfterClock(s) == CASE Mut("clockBeforeLock") /\ Esc(s) -> "tl"
                   [] ~(Mut("clockBeforeLock") /\ Esc(s)) /\ WSeq(s) = <<>> -> "rs"
                   [] OTHER -> "pp"

Tie(s) == ~(Mut("tieOfDeltasOnly") /\ ~Merges(s)) /\ \E n \in 1..Len(WSeq(s)) : LET g == st[s].log[WSeq(s)[n]] IN g.v = clock /\ g.s # s

Ck(s) ==
  /\ At(s, "ck")
  /\ IF Tie(s) /\ ~Mut("noTie")
     THEN Set(s, [st[s] EXCEPT !.pc = "tt", !.c = clock]) /\ UNCHANGED L
     ELSE LET d == Ty(Kind(s)) = "D"
              base == [o \in Objs |-> IF d /\ ~Mut("deltaEarly") /\ o \in Wr(Kind(s)) THEN pay[o] ELSE st[s].val[o]]
              m == Kind(s) = "M1"
              checks == VSeq(s) # <<>>
              W == {WSeq(s)[n] : n \in 1..Len(WSeq(s))}
          IN /\ Set(s, [st[s] EXCEPT !.wv = clock, !.j = 1, !.c = 0, !.val = base,
                                     !.tv = IF m THEN pay[1] ELSE 0, !.exp = IF checks THEN @ ELSE L, !.exp2 = IF checks THEN L ELSE Zero,
                                     !.pc = IF checks THEN "va" ELSE AfterClock(s)])
             /\ L' = [o \in Objs |-> IF o \in W THEN (IF m THEN pay[o] ELSE base[o]) + 1 ELSE L[o]]
  /\ UNCHANGED <<Shared, wcnt, top>>

TieTick(s) ==
  /\ At(s, "tt")
  /\ clock' = IF clock = st[s].c THEN clock + 1 ELSE clock
  /\ Set(s, [st[s] EXCEPT !.pc = "ck", !.c = 0])
  /\ UNCHANGED <<token, hdr, pay, Ghost>>

\* the clock load of s did not become a commit: take its writes out of the ghosts
Undo(s, f) == [o \in Objs |-> IF o \in Wr(Kind(s)) /\ f[o] > Old(s, o) THEN Old(s, o) ELSE f[o]]

Va(s) ==
  /\ At(s, "va")
  /\ LET o == VSeq(s)[st[s].j]
         merged == hdr[o].l /\ hdr[o].s = s      \* under the own lock: the word found there
     IN
     IF StillValid(s, IF merged THEN st[s].log[o] ELSE hdr[o], st[s].log[o], st[s].wv) \/ (merged /\ Mut("mergedUnchecked"))
     THEN /\ UNCHANGED L
          /\ IF st[s].j < Len(VSeq(s)) THEN Set(s, [st[s] EXCEPT !.j = @ + 1])
             ELSE Set(s, [st[s] EXCEPT !.j = 1, !.exp = st[s].exp2, !.exp2 = Zero, !.pc = "pp"])
     ELSE /\ L' = Undo(s, L)
          /\ st' = [q \in Slots |-> IF q = s THEN [st[s] EXCEPT !.pc = "un", !.j = Len(WSeq(s))]
                                    ELSE [st[q] EXCEPT !.exp = Undo(s, @), !.exp2 = Undo(s, @)]]
  /\ UNCHANGED <<Shared, wcnt, top>>

Pp(s) ==
  /\ At(s, "pp")
  /\ pay' = [pay EXCEPT ![WObj(s)] = Old(s, WObj(s)) + 1]
  /\ Go(s, "ph")
  /\ UNCHANGED <<clock, token, hdr, Ghost>>

Newer(a, b) == \/ a.v > b.v
               \/ a.v = b.v /\ a.s > b.s
               \/ a.v = b.v /\ a.s = b.s /\ a.k > b.k
Feed(o, e) == top' = [top EXCEPT ![o] = IF Newer(e, @) THEN e ELSE @]

Ph(s) ==
  /\ At(s, "ph")
  /\ LET o == WObj(s) IN
     /\ SetHdr(o, [l |-> FALSE, o |-> FALSE, v |-> st[s].wv, s |-> s])
     /\ wcnt' = [wcnt EXCEPT ![o] = @ + 1]
     /\ Feed(o, [v |-> st[s].wv, s |-> s, k |-> st[s].k, val |-> Old(s, o) + 1])
  /\ CASE st[s].j < Len(WSeq(s)) -> Set(s, [st[s] EXCEPT !.j = @ + 1, !.pc = "pp"])
       [] st[s].j = Len(WSeq(s)) /\ ~Esc(s) -> Finish(s)
       [] OTHER -> Set(s, [st[s] EXCEPT !.j = 1, !.pc =
                             IF RSeq(s) = <<>> \/ Mut("restoreEarly") \/ Mut("tokenFirst") THEN "te" ELSE "rs"])
  /\ UNCHANGED <<clock, token, pay, L>>

(* --- death, and recovery by steps ---------------------------------------- *)
Die(s) ==
  /\ s \in Crash \ dead /\ Busy(s)
  /\ st[s].pc \in {"oh","oc","op","oe","tl","rs","te","dh","lk","un","ck","tt","va","pp","ph"}
  /\ dead' = dead \cup {s}
  /\ LET r == st[s]
         loaded == r.pc \in {"va","pp"}
         escaped == r.pc = "te" \/ (r.pc = "rs" /\ WSeq(s) # <<>>)     \* everything is published
         committed == r.pc \in {"pp","ph"} \/ escaped
         first == r.pc = "pp" /\ r.j = 1                \* on which side of the mark?
     IN \/ /\ committed
           /\ rec' = [rec EXCEPT ![s] = [r EXCEPT !.pc = "fw", !.j = 1]]
           /\ st' = [st EXCEPT ![s] = Fresh(r.k + 1, 0)]
           /\ UNCHANGED L
        \/ /\ ~committed \/ first
           /\ rec' = [rec EXCEPT ![s] = [r EXCEPT !.pc = "bk", !.j = 1]]
           /\ L' = IF loaded THEN Undo(s, L) ELSE L
           /\ st' = [q \in Slots |-> IF q = s THEN Fresh(r.k, r.lost)
                        ELSE IF loaded THEN [st[q] EXCEPT !.exp = Undo(s, @), !.exp2 = Undo(s, @)] ELSE st[q]]
  /\ UNCHANGED <<Shared, wcnt, top>>

RKind(s) == Prog[s][rec[s].k]
RO(s)    == Rd(RKind(s))[rec[s].j]
Held(s)  == LET h == hdr[RO(s)] IN h.s = s /\ (h.l \/ (h.o /\ ~Mut("recLocksOnly")))
RNext(s) == rec' = [rec EXCEPT ![s].j = @ + 1, ![s].pc = IF @ = "f2" THEN "fw" ELSE @]
RMore(s) == Left(s) /\ rec[s].j <= Len(Rd(RKind(s)))

RSkip(s) ==
  /\ RMore(s) /\ (~Held(s) \/ RO(s) \notin rec[s].lg) /\ rec[s].pc # "f2"
  /\ RNext(s) /\ UNCHANGED <<Shared, st, dead, Ghost>>

RBack(s) ==    \* not committed, or only read: put the logged word back
  /\ RMore(s) /\ Held(s) /\ RO(s) \in rec[s].lg
  /\ rec[s].pc = "bk" \/ (rec[s].pc = "fw" /\ hdr[RO(s)].o)
  /\ SetHdr(RO(s), rec[s].log[RO(s)])
  /\ RNext(s) /\ UNCHANGED <<clock, token, pay, st, dead, Ghost>>

RFwd1(s) ==
  /\ RMore(s) /\ Held(s) /\ rec[s].pc = "fw" /\ hdr[RO(s)].l
  /\ pay' = [pay EXCEPT ![RO(s)] = IF Mut("redoAddend") THEN @ + 1 ELSE rec[s].val[RO(s)] + 1]
  /\ rec' = [rec EXCEPT ![s].pc = "f2"]
  /\ UNCHANGED <<clock, token, hdr, st, dead, Ghost>>

RFwd2(s) ==
  /\ RMore(s) /\ rec[s].pc = "f2"
  /\ SetHdr(RO(s), [l |-> FALSE, o |-> FALSE, v |-> rec[s].wv, s |-> s])
  /\ wcnt' = [wcnt EXCEPT ![RO(s)] = @ + 1]
  /\ Feed(RO(s), [v |-> rec[s].wv, s |-> s, k |-> rec[s].k, val |-> rec[s].val[RO(s)] + 1])
  /\ RNext(s) /\ UNCHANGED <<clock, token, pay, st, dead, L>>

RToken(s) ==   \* mutation recTokenFirst
  /\ Mut("recTokenFirst") /\ Left(s) /\ rec[s].j = 1 /\ token = s
  /\ token' = 0
  /\ UNCHANGED <<clock, hdr, pay, rec, st, dead, Ghost>>

RDone(s) ==
  /\ Left(s) /\ rec[s].j > Len(Rd(RKind(s)))
  /\ token' = IF token = s THEN 0 ELSE token
  /\ rec' = [rec EXCEPT ![s] = Fresh(0, 0)]
  /\ UNCHANGED <<clock, hdr, pay, st, dead, Ghost>>

RDie(s) ==     \* the recoverer dies too: the next one starts over
  /\ Left(s)
  /\ rec' = [rec EXCEPT ![s].j = 1, ![s].pc = IF @ = "bk" THEN "bk" ELSE "fw"]
  /\ UNCHANGED <<Shared, st, dead, Ghost>>

Recovery(s) == Die(s) \/ RSkip(s) \/ RBack(s) \/ RFwd1(s) \/ RFwd2(s) \/ RToken(s) \/ RDone(s) \/ RDie(s)

-----------------------------------------------------------------------------
Body(s)   == \/ Begin(s) \/ ReadH(s) \/ ReadP(s) \/ ReadR(s) \/ End(s)
             \/ E1(s) \/ E2(s) \/ E3(s) \/ EV(s)
             \/ Token(s) \/ OwnH(s) \/ Own(s) \/ OwnP(s)
Commit(s) == \/ OwnEnd(s) \/ ToLock(s) \/ Restore(s) \/ TokenEnd(s)
             \/ DeltaH(s) \/ Lock(s) \/ Unlock(s) \/ Ck(s) \/ TieTick(s) \/ Va(s) \/ Pp(s) \/ Ph(s)
Step(s)   == (Body(s) \/ Commit(s)) /\ UNCHANGED <<rec, dead>>

AllDone == \A s \in Slots : ~Busy(s) /\ ~Left(s)
Next == (\E s \in Slots : Step(s) \/ Recovery(s)) \/ (AllDone /\ UNCHANGED vars)
Spec == Init /\ [][Next]_vars
Fair == Spec /\ \A s \in Slots : WF_vars(Step(s))
\* an escalated body may stop for ever; commits and the others go on
Stall == Spec /\ \A s \in Slots : /\ WF_vars(Commit(s) /\ UNCHANGED <<rec, dead>>)
                                  /\ WF_vars(Busy(s) /\ ~Esc(s) /\ Step(s))

-----------------------------------------------------------------------------
P_own    == << <<"E12">>, <<"U21">>, <<"R12">> >>
P_mix    == << <<"EW1","R21">>, <<"W2">>, <<"R12","Q21">> >>
P_inplace == << <<"EI1","Q12">>, <<"W2","R12">> >>
P_two    == << <<"E12","Q21">>, <<"E21">>, <<"R12">> >>
P_owns   == << <<"EW2","W1">>, <<"EW1","I2">> >>
P_valid  == << <<"E12">>, <<"E21">>, <<"Q12">> >>
P_clock  == << <<"U12","E12">>, <<"R12">> >>
P_skew   == << <<"EK1","Q12">>, <<"K2">>, <<"K1">> >>
P_skew2  == << <<"EK1">>, <<"EK2">>, <<"K2">> >>
P_wait   == << <<"E21">>, <<"U12">>, <<"U12">> >>
P_slot   == << <<"I1","EW2","Q12">>, <<"I1","W1">> >>
P_cross  == << <<"W1">>, <<"W2">> >>
P_opp    == << <<"U12">>, <<"U21">> >>
P_cross3 == << <<"W1">>, <<"W2">>, <<"R12">> >>
P_stall  == << <<"U12","EW1">>, <<"R12">> >>
P_delta  == << <<"D12","Q21">>, <<"U21">>, <<"D12">> >>
P_deltas == << <<"D1","Q12">>, <<"I1","W1">>, <<"D12">> >>
P_deltae == << <<"D12">>, <<"E21">>, <<"R12">> >>
P_addend == << <<"D1">>, <<"I1","I1">> >>
P_tie    == << <<"I1","D1">>, <<"D1">>, <<"Q12">> >>
P_merged == << <<"M1","Q12">>, <<"M1">>, <<"I1">> >>
P_merged2 == << <<"M1">>, <<"M1">> >>
P_twice  == << <<"U12","U12">>, <<"E12">>, <<"E12">> >>
P_crash  == << <<"E12">>, <<"U21">>, <<"R12">> >>
P_crashw == << <<"EW1","I2">>, <<"W2">> >>
P_crash2 == << <<"EW1">>, <<"EW2">>, <<"Q12">> >>
P_crashd == << <<"D12","D1">>, <<"D1">> >>

-----------------------------------------------------------------------------
Seen(s) == {Rd(Kind(s))[n] : n \in 1..(st[s].i - 1)}
EqualReads == Equal => \A s \in Slots : Busy(s) /\ Ty(Kind(s)) # "D" =>
                         \A o, p \in Seen(s) : st[s].val[o] = st[s].val[p]
NoLost   == \A o \in Objs : ~hdr[o].l => pay[o] = wcnt[o]
NoSkew   == Prog \in {P_skew, P_skew2, P_merged2} => pay[1] + pay[2] <= 1
Exact    == \A s \in Slots : Busy(s) /\ Ty(Kind(s)) # "D" => \A o \in Seen(s) : st[s].val[o] = st[s].exp[o]
OneHolder == Cardinality({hdr[o].s : o \in {p \in Objs : hdr[p].o}}) <= 1
Bounds   == \A o \in Objs : hdr[o].v <= clock
\* replaying the feed in the order of (version, slot, sequence) ends with what memory holds
FeedOrder == \A o \in Objs : ~hdr[o].l => top[o].val = pay[o]
\* nothing is held in the name of an attempt that has ended
NoOrphan == \A o \in Objs : LET s == hdr[o].s IN
              hdr[o].l \/ hdr[o].o => s # 0 /\ (Left(s) \/ (Busy(s) /\ st[s].pc # "b"))
Quiet    == AllDone => token = 0 /\ L = pay /\ \A o \in Objs : ~hdr[o].l /\ ~hdr[o].o
Grow     == [][\A o \in Objs : hdr'[o].v >= hdr[o].v]_vars
UnderLock == [][\A o \in Objs : pay'[o] # pay[o] => hdr[o].l]_vars
Live     == <>AllDone
ReadersPass == \A s \in Slots : <>(\A n \in 1..Len(Prog[s]) : Ty(Prog[s][n]) \in {"E"} \/ Wr(Prog[s][n]) # {} \/ st[s].k > n)

\* traps
NoReadOwned == \A s \in Slots : At(s, "rr") => ~st[s].h.o
NoValidOwned == [][\A s \in Slots : At(s, "va") /\ st'[s].pc = "pp" => \A o \in Objs : hdr[o] = st[s].log[o] \/ hdr[o].l]_vars
NoTick    == \A s \in Slots : ~At(s, "tt")
NoEscalation == \A s \in Slots : Busy(s) /\ Ty(Kind(s)) = "U" => token # s
=============================================================================
