-------------------------------- MODULE Reuse --------------------------------
(* A block is freed, handed out again by another slot, and read through       *)
(* references of every age. Object 1 is a root that holds a reference; object *)
(* 2 is the block. Memory is type-stable: a freed block may be handed out at  *)
(* once, while invisible readers still look at it.                            *)
(*                                                                            *)
(* Header word, from the top: LOCK (l), FREED (f), version (v), slot (s). The *)
(* generation is in a second word beside it. A reference is the block and a   *)
(* generation (0: null). free publishes FREED with the commit's version; then *)
(* the block is available. Hand-out takes it and bumps the generation, also   *)
(* for an attempt that will abort. The new payload is written while the block *)
(* is FREED; the commit sets LOCK on the new block before it locks anything   *)
(* else, and clears FREED when it publishes, before or after the others.      *)
(*                                                                            *)
(* A read through a reference: header, generation, payload, header. A FREED   *)
(* header, or another generation, means "stale" only if version < rv or the   *)
(* header is the slot's own; otherwise the snapshot is extended first, as for *)
(* any header that is too new. "Stale" is a read like another: the user may   *)
(* catch the exception and go on, so it is logged and validated. What the     *)
(* attempt has written itself is judged by the generation in its log.         *)
(*                                                                            *)
(* A merge (a commutative update) reads like this whether its object exists,  *)
(* and does not log it: its commit locks whatever word is current, and looks  *)
(* at FREED and at the generation under the lock.                             *)
(*                                                                            *)
(* References travel: user code may hand one to other slots outside of any    *)
(* transaction, from the moment of the hand-out (leaked). X kinds use one.    *)
(*                                                                            *)
(* Atomicity: sequentially consistent, at most one access to shared memory    *)
(* per step; header, generation and payload are three words.                  *)
(* Not here: before-images (a registered snapshot reads the old value of a    *)
(* freed block through them), death of an owner, escalated attempts.          *)
EXTENDS Naturals, Sequences, FiniteSets

CONSTANTS Prog, M

VARIABLES clock, hdr,
          root,    \* payload of object 1: a reference
          pay,     \* payload of the block [id: object that wrote it, n]
          gen,     \* generation of the block
          avail,   \* the block is in the free list
          leaked,  \* references that user code has handed on
          st,
          births,  \* ghost: hand-outs so far, the identity of an object
          L        \* ghost: logical state [root, live: identity or 0, n]
vars == <<clock, hdr, root, pay, gen, avail, leaked, st, births, L>>
Mut(m) == m \in M
Slots == 1..Len(Prog)
MaxBirths == 4

-----------------------------------------------------------------------------
(* F: root, block; free it, root := null.  A: allocate, and if root is null   *)
(* let it refer to the new block.  AX: allocate, then abort.  AN: allocate,   *)
(* and nothing else.  U: root, block; increment, and read again.  R, Q: root, *)
(* block, without and with a log.  X, XQ: block through a leaked reference,   *)
(* then root.  XW: the same, and rewrite the root as it was.  D: merge one    *)
(* into the block, through a leaked reference.  DR: through the root.         *)
Rd(k) == CASE k \in {"X","XQ","XW"} -> <<2,1>> [] k \in {"A","AX"} -> <<1>> [] k = "AN" -> << >>
           [] k = "D" -> <<2>> [] OTHER -> <<1,2>>
NoLog(k)  == k \in {"R","X"}
Merges(k) == k \in {"D","DR"}
Born(k)   == k \in {"A","AX","AN"}
ByLeak(k) == k \in {"X","XQ","XW","D"}
H0   == [l |-> FALSE, f |-> FALSE, v |-> 0, s |-> 0]
None == [is |-> "none", id |-> 0, n |-> 0]
Ref(g, id) == [g |-> g, id |-> id]        \* id is a ghost: nothing compares it
Null == Ref(0, 0)
State0 == [root |-> Null, live |-> 0, n |-> 0]
Fresh(k) == [pc |-> "b", k |-> k, i |-> 1, j |-> 1, rv |-> 0, h |-> H0, c |-> 0, wv |-> 0, ref |-> Null,
             tg |-> 0, tr |-> Null, tp |-> None, new |-> Null, vr |-> Null, vb |-> None, log |-> <<H0, H0>>,
             rs |-> {}, last |-> FALSE,
             exp |-> State0, exp2 |-> State0]

Init == /\ clock = 1 /\ hdr = <<H0, H0>> /\ root = Ref(1, 1) /\ pay = [id |-> 1, n |-> 0] /\ gen = 1
        /\ avail = FALSE /\ leaked = {Ref(1, 1)} /\ births = 1 /\ st = [s \in Slots |-> Fresh(1)]
        /\ L = [root |-> Ref(1, 1), live |-> 1, n |-> 0]

Kind(s)  == Prog[s][st[s].k]
Busy(s)  == st[s].k <= Len(Prog[s])
At(s, p) == Busy(s) /\ st[s].pc = p
Obj(s)   == Rd(Kind(s))[st[s].i]
Set(s, r) == st' = [st EXCEPT ![s] = r]
Go(s, p)  == Set(s, [st[s] EXCEPT !.pc = p])
Block  == <<pay, gen, avail, leaked>>
Shared == <<clock, hdr, root, Block>>

\* an attempt that ends without its commit gives the block back; so does one that did not need it
Give(s) == IF st[s].new # Null
           THEN avail' = TRUE /\ gen' = IF Mut("bumpUndone") THEN gen - 1 ELSE gen
           ELSE UNCHANGED <<avail, gen>>
Abort(s)  == Set(s, Fresh(st[s].k)) /\ Give(s)
Finish(s) == Set(s, Fresh(st[s].k + 1))
Kept      == UNCHANGED <<avail, gen>>

Begin(s) ==
  /\ At(s, "b")
  /\ \E r \in IF ByLeak(Kind(s)) THEN leaked ELSE {Null} :
       Set(s, [st[s] EXCEPT !.pc = IF Born(Kind(s)) THEN "ga" ELSE "rh", !.rv = clock, !.exp = L, !.ref = r])
  /\ UNCHANGED <<Shared, L>>

(* --- hand-out ------------------------------------------------------------ *)
HandOut(s) ==
  /\ At(s, "ga")
  /\ IF avail /\ births < MaxBirths THEN avail' = FALSE /\ Go(s, "gb")
     ELSE avail' = avail /\ Finish(s)                     \* nothing to allocate, or no generation left
  /\ UNCHANGED <<clock, hdr, root, pay, gen, leaked, L>>

Bump(s) ==
  /\ At(s, "gb")
  /\ gen' = IF Mut("noBump") \/ Mut("bumpAfterPublish") THEN gen ELSE gen + 1
  /\ births' = births + 1
  /\ LET r == Ref(IF Mut("noBump") THEN gen ELSE gen + 1, births + 1)
     IN Set(s, [st[s] EXCEPT !.pc = "gw", !.new = r]) /\ leaked' = leaked \cup {r}
  /\ UNCHANGED <<clock, hdr, root, pay, avail, L>>

FirstWrite(s) ==
  /\ At(s, "gw")
  /\ pay' = [id |-> st[s].new.id, n |-> 0]
  /\ Go(s, IF Kind(s) = "AN" THEN "end" ELSE "rh")
  /\ UNCHANGED <<clock, hdr, root, gen, avail, leaked, L>>

(* --- read ---------------------------------------------------------------- *)
\* the slot's own words too, FREED ones to say "stale"
Fits(s, h) == ~h.l /\ (h.v < st[s].rv \/ h.s = s)

\* the object is read: root as a reference, block as a value or as stale
Logged(s, r) ==
  LET q == [r EXCEPT !.log[Obj(s)] = st[s].h, !.i = @ + 1, !.h = H0, !.tg = 0, !.tr = Null, !.tp = None, !.j = 1,
                     !.rs = IF Obj(s) = 2 /\ Merges(Kind(s)) /\ r.vb = None THEN @ ELSE @ \cup {Obj(s)}]
      null == Obj(s) = 1 /\ ~ByLeak(Kind(s)) /\ r.vr = Null       \* nothing to follow
  IN Set(s, [q EXCEPT !.pc = IF q.i > Len(Rd(Kind(s))) \/ null THEN "end" ELSE "rh"])

Stale(s) == Logged(s, [st[s] EXCEPT !.vb = [is |-> "stale", id |-> 0, n |-> 0]])

ReadH(s) ==
  /\ At(s, "rh")
  /\ LET h == hdr[Obj(s)]
         r == [st[s] EXCEPT !.h = h]
     IN CASE h.f /\ Mut("staleUnchecked") -> Set(s, [r EXCEPT !.pc = "rs"]) /\ Kept
          [] h.l /\ ~(h.f /\ Mut("staleUnchecked")) ->
               Abort(s)                             \* or wait: not taking this step
          [] Fits(s, h) /\ ~(h.f /\ Mut("staleUnchecked")) -> Set(s, [r EXCEPT !.pc = IF Obj(s) = 1 THEN "rp" ELSE "rg"]) /\ Kept
          [] OTHER -> Set(s, [r EXCEPT !.pc = "e1"]) /\ Kept
  /\ UNCHANGED <<clock, hdr, root, pay, leaked, L>>

ReadS(s) ==     \* mutation staleUnchecked
  /\ At(s, "rs") /\ Stale(s) /\ UNCHANGED <<Shared, L>>

ReadG(s) ==
  /\ At(s, "rg")
  /\ Set(s, [st[s] EXCEPT !.pc = IF Merges(Kind(s)) THEN IF Mut("mergeNoReread") THEN "rm" ELSE "rr" ELSE "rp", !.tg = gen])
  /\ UNCHANGED <<Shared, L>>

ReadP(s) ==
  /\ At(s, "rp")
  /\ IF Obj(s) = 1 THEN Set(s, [st[s] EXCEPT !.pc = "rr", !.tr = root])
     ELSE Set(s, [st[s] EXCEPT !.pc = "rr", !.tp = [is |-> "value", id |-> pay.id, n |-> pay.n]])
  /\ UNCHANGED <<Shared, L>>

\* the block under the header st[s].h, with the generation st[s].tg
Block2(s) ==
  LET h == st[s].h
      freed == h.f /\ ~(h.s = s /\ Mut("ownFreed"))
  IN IF freed \/ (st[s].tg # st[s].ref.g /\ ~Mut("noGeneration")) THEN Stale(s)
     ELSE Logged(s, [st[s] EXCEPT !.vb = st[s].tp])

ReadR(s) ==
  /\ At(s, "rr")
  /\ IF hdr[Obj(s)] # st[s].h /\ ~(Mut("noReread") /\ Obj(s) = 2)
     THEN Set(s, [st[s] EXCEPT !.pc = "rh", !.h = H0, !.tg = 0, !.tr = Null, !.tp = None])
     ELSE IF Obj(s) = 1
          THEN Logged(s, [st[s] EXCEPT !.vr = st[s].tr, !.ref = IF ByLeak(Kind(s)) THEN @ ELSE st[s].tr])
          ELSE Block2(s)
  /\ UNCHANGED <<Shared, L>>

MergeOpen(s) ==  \* mutation: a merge looks for its object without a second look at the header
  /\ At(s, "rm") /\ Block2(s) /\ UNCHANGED <<Shared, L>>

(* --- extend -------------------------------------------------------------- *)
AfterTick(s, r) == IF NoLog(Kind(s)) THEN Abort(s) ELSE Set(s, [r EXCEPT !.pc = "e3"]) /\ Kept

E1(s) ==
  /\ At(s, "e1")
  /\ IF clock <= st[s].h.v
     THEN Set(s, [st[s] EXCEPT !.pc = "e2", !.c = clock]) /\ Kept
     ELSE AfterTick(s, st[s])
  /\ UNCHANGED <<clock, hdr, root, pay, leaked, L>>

E2(s) ==
  /\ At(s, "e2")
  /\ clock' = IF clock = st[s].c THEN clock + 1 ELSE clock
  /\ AfterTick(s, [st[s] EXCEPT !.c = 0])
  /\ UNCHANGED <<hdr, root, pay, leaked, L>>

Extended(s, rv, e) == Set(s, [st[s] EXCEPT !.pc = "rh", !.rv = rv, !.exp = e, !.exp2 = State0, !.c = 0, !.h = H0, !.j = 1])

E3(s) ==
  /\ At(s, "e3")
  /\ IF st[s].i = 1 THEN Extended(s, clock, L)
     ELSE Set(s, [st[s] EXCEPT !.pc = "ev", !.c = clock, !.exp2 = L, !.j = 1])
  /\ UNCHANGED <<Shared, L>>

\* by the snapshot of the reads, as the reads were; a FREED word is what "stale" has read
StillGood(s, h) == ~h.l /\ (h.v < st[s].rv \/ h.s = s)

EV(s) ==
  /\ At(s, "ev")
  /\ LET o == Rd(Kind(s))[st[s].j] IN
     IF ~StillGood(s, hdr[o]) THEN Abort(s)
     ELSE /\ Kept
          /\ IF st[s].j < st[s].i - 1 THEN Set(s, [st[s] EXCEPT !.j = @ + 1])
             ELSE Extended(s, st[s].c, st[s].exp2)
  /\ UNCHANGED <<clock, hdr, root, pay, leaked, L>>

(* --- commit -------------------------------------------------------------- *)
Live(s) == st[s].vb.is = "value"
WSeq(s) == CASE Kind(s) = "F" /\ Live(s) -> <<1,2>>
             [] Kind(s) = "U" /\ Live(s) -> <<2>>
             [] Kind(s) = "A" /\ st[s].vr = Null -> <<1>>
             [] Kind(s) = "XW" -> <<1>>
             [] OTHER -> <<>>
WObj(s) == WSeq(s)[st[s].j]
Merging(s) == Merges(Kind(s)) /\ st[s].ref # Null /\ st[s].vb = None
RSet(s) == st[s].rs \ {WSeq(s)[n] : n \in 1..Len(WSeq(s))}

End(s) ==
  /\ At(s, "end")
  /\ CASE Merging(s) -> Go(s, "dh") /\ Kept
       [] ~Merging(s) /\ Kind(s) # "AN" /\ WSeq(s) = <<>> -> Finish(s) /\ Give(s)
       [] OTHER -> /\ Go(s, CASE Kind(s) = "U" /\ Mut("ownLifeInMemory") -> "ow"
                              [] Born(Kind(s)) /\ ~Mut("newUnlocked") -> "ln"
                              [] Kind(s) = "AN" /\ Mut("newUnlocked") -> "ck"
                              [] OTHER -> "lk")
                   /\ avail' = IF Mut("freeAtOnce") /\ Kind(s) = "F" THEN TRUE ELSE avail
                   /\ UNCHANGED gen
  /\ UNCHANGED <<clock, hdr, root, pay, leaked, L>>

ReadOwn(s) ==   \* mutation: what the attempt has written is judged by the generation in memory
  /\ At(s, "ow")
  /\ Set(s, [st[s] EXCEPT !.pc = "lk", !.vb.is = IF gen = st[s].ref.g THEN @ ELSE "stale"])
  /\ UNCHANGED <<Shared, L>>

LockNew(s) ==   \* nobody else writes the header of a block handed out: a plain store
  /\ At(s, "ln")
  /\ hdr' = [hdr EXCEPT ![2] = [@ EXCEPT !.l = TRUE, !.s = s]]
  /\ Set(s, [st[s] EXCEPT !.pc = IF WSeq(s) = <<>> THEN "ck" ELSE "lk", !.log[2] = hdr[2]])
  /\ UNCHANGED <<clock, root, Block, L>>

\* lets go of the objects before the j-th, and of the new block
Release(s, j) == IF j > 1 THEN Set(s, [st[s] EXCEPT !.j = j - 1, !.pc = "un"]) /\ Kept
                 ELSE IF Born(Kind(s)) /\ ~Mut("newUnlocked") THEN Go(s, "ub") /\ Kept
                 ELSE Abort(s)

Lock(s) ==
  /\ At(s, "lk")
  /\ LET o == WObj(s) IN
     IF hdr[o] = st[s].log[o]
     THEN /\ hdr' = [hdr EXCEPT ![o] = [@ EXCEPT !.l = TRUE, !.s = s]]
          /\ Kept
          /\ IF st[s].j < Len(WSeq(s)) THEN Set(s, [st[s] EXCEPT !.j = @ + 1])
             ELSE Set(s, [st[s] EXCEPT !.j = 1, !.pc = "ck"])
     ELSE UNCHANGED hdr /\ Release(s, st[s].j)
  /\ UNCHANGED <<clock, root, pay, leaked, L>>

Unlock(s) ==
  /\ At(s, "un")
  /\ hdr' = [hdr EXCEPT ![WObj(s)] = st[s].log[WObj(s)]]
  /\ Release(s, st[s].j)
  /\ UNCHANGED <<clock, root, pay, leaked, L>>

UnlockNew(s) ==
  /\ At(s, "ub")
  /\ hdr' = [hdr EXCEPT ![2] = st[s].log[2]]
  /\ Abort(s)
  /\ UNCHANGED <<clock, root, pay, leaked, L>>

\* the new block is published among the others, wherever the log has it
AfterClock(s) == CASE Kind(s) = "A" -> {"nh", "pp"} [] Kind(s) = "AN" -> {"nh"} [] Merges(Kind(s)) -> {"dp"} [] OTHER -> {"pp"}

Ck(s) ==
  /\ At(s, "ck")
  /\ LET k == Kind(s) IN
     /\ IF RSet(s) # {} THEN Set(s, [st[s] EXCEPT !.wv = clock, !.exp2 = L, !.pc = "va", !.j = 1])
        ELSE \E p \in AfterClock(s) : Set(s, [st[s] EXCEPT !.wv = clock, !.exp2 = L, !.pc = p, !.last = p = "pp", !.j = 1])
     /\ L' = CASE k = "U" \/ Merges(k) -> [L EXCEPT !.n = @ + 1]
               [] k = "F" -> [root |-> Null, live |-> 0, n |-> 0]
               [] k = "A" -> [root |-> st[s].new, live |-> st[s].new.id, n |-> 0]
               [] k = "AN" -> [L EXCEPT !.live = st[s].new.id, !.n = 0]
               [] k = "XW" -> L
  /\ UNCHANGED Shared

\* the clock load did not become a commit: nobody has published the block since, for it is LOCKed
Undo(s, f) == IF Kind(s) # "XW" /\ f.live = st[s].ref.id /\ f.n > pay.n THEN [f EXCEPT !.n = @ - 1] ELSE f

Va(s) ==        \* XW: the block is only read; U, DR: the root
  /\ At(s, "va")
  /\ LET o == CHOOSE o \in RSet(s) : TRUE IN
     IF StillGood(s, hdr[o]) THEN Set(s, [st[s] EXCEPT !.pc = IF Merges(Kind(s)) THEN "dp" ELSE "pp", !.exp = st[s].exp2]) /\ UNCHANGED L
     ELSE /\ L' = Undo(s, L)
          /\ st' = [q \in Slots |-> IF q = s THEN [st[s] EXCEPT !.pc = IF Merges(Kind(s)) THEN "du" ELSE "un", !.j = Len(WSeq(s))]
                                    ELSE [st[q] EXCEPT !.exp = Undo(s, @), !.exp2 = Undo(s, @)]]
  /\ UNCHANGED Shared

NewH(s) ==
  /\ At(s, "nh") /\ ~(Mut("newFirst") /\ st[s].last)
  /\ hdr' = [hdr EXCEPT ![2] = [l |-> FALSE, f |-> FALSE, s |-> s,
                                v |-> IF Mut("newKeepsVersion") THEN @.v ELSE st[s].wv]]
  /\ IF Mut("bumpAfterPublish") THEN Go(s, "gl") ELSE IF st[s].last \/ Kind(s) = "AN" THEN Finish(s) ELSE Go(s, "pp")
  /\ UNCHANGED <<clock, root, Block, L>>

BumpLate(s) ==  \* mutation
  /\ At(s, "gl") /\ gen' = gen + 1 /\ (IF st[s].last \/ Kind(s) = "AN" THEN Finish(s) ELSE Go(s, "pp"))
  /\ UNCHANGED <<clock, hdr, root, pay, avail, leaked, L>>

Pp(s) ==
  /\ At(s, "pp")
  /\ IF WObj(s) = 1 THEN root' = (IF Kind(s) = "XW" THEN st[s].vr ELSE st[s].new) /\ UNCHANGED pay     \* F: null
     ELSE /\ pay' = IF Kind(s) = "U" THEN [pay EXCEPT !.n = @ + 1] ELSE pay
          /\ UNCHANGED root
  /\ Go(s, "ph")
  /\ UNCHANGED <<clock, hdr, gen, avail, leaked, L>>

Ph(s) ==
  /\ At(s, "ph")
  /\ LET freed == Kind(s) = "F" /\ WObj(s) = 2
         v == IF freed /\ Mut("freeKeepsVersion") THEN st[s].log[2].v ELSE st[s].wv
     IN hdr' = [hdr EXCEPT ![WObj(s)] = [l |-> FALSE, f |-> freed, v |-> v, s |-> s]]
  /\ IF st[s].j < Len(WSeq(s)) THEN Set(s, [st[s] EXCEPT !.j = @ + 1, !.pc = "pp"])
     ELSE IF Kind(s) = "F" /\ ~Mut("freeAtOnce") THEN Go(s, "av")
     ELSE IF Kind(s) = "A" /\ st[s].last THEN Go(s, "nh")
     ELSE Finish(s)
  /\ UNCHANGED <<clock, root, Block, L>>

Avail(s) ==     \* after the commit: into the free list
  /\ At(s, "av") /\ avail' = TRUE /\ Finish(s)
  /\ UNCHANGED <<clock, hdr, root, pay, gen, leaked, L>>

(* --- a merge: its commit ------------------------------------------------- *)
MergeH(s) ==    \* holds nothing, so it may wait for LOCK
  /\ At(s, "dh") /\ ~hdr[2].l
  /\ IF hdr[2].f THEN Abort(s)
     ELSE Set(s, [st[s] EXCEPT !.pc = IF Mut("mergeChecksFirst") THEN "dg" ELSE "dl", !.h = hdr[2]]) /\ Kept
  /\ UNCHANGED <<clock, hdr, root, pay, leaked, L>>

MergeG(s) ==    \* mutation: the generation is looked at before the lock only
  /\ At(s, "dg")
  /\ IF gen # st[s].ref.g THEN Abort(s) ELSE Go(s, "dl") /\ Kept
  /\ UNCHANGED <<clock, hdr, root, pay, leaked, L>>

MergeLock(s) ==
  /\ At(s, "dl")
  /\ IF hdr[2] = st[s].h
     THEN /\ hdr' = [hdr EXCEPT ![2] = [@ EXCEPT !.l = TRUE, !.s = s]]
          /\ Go(s, IF Mut("mergeChecksFirst") THEN "dt" ELSE "dk")
     ELSE UNCHANGED hdr /\ Go(s, "dh")
  /\ UNCHANGED <<clock, root, Block, L>>

MergeCheck(s) ==
  /\ At(s, "dk")
  /\ Go(s, IF gen = st[s].ref.g THEN "dt" ELSE "du")
  /\ UNCHANGED <<Shared, L>>

MergeUndo(s) ==
  /\ At(s, "du")
  /\ hdr' = [hdr EXCEPT ![2] = st[s].h] /\ Abort(s)
  /\ UNCHANGED <<clock, root, pay, leaked, L>>

MergeTie(s) ==
  /\ At(s, "dt")
  /\ clock' = IF st[s].h.v = clock /\ st[s].h.s # s THEN clock + 1 ELSE clock
  /\ Go(s, "ck")
  /\ UNCHANGED <<hdr, root, Block, L>>

MergeP(s) ==
  /\ At(s, "dp")
  /\ pay' = [pay EXCEPT !.n = @ + 1] /\ Go(s, "dq")
  /\ UNCHANGED <<clock, hdr, root, gen, avail, leaked, L>>

MergePh(s) ==
  /\ At(s, "dq")
  /\ hdr' = [hdr EXCEPT ![2] = [l |-> FALSE, f |-> FALSE, v |-> st[s].wv, s |-> s]] /\ Finish(s)
  /\ UNCHANGED <<clock, root, Block, L>>

Merge(s) == MergeOpen(s) \/ MergeH(s) \/ MergeG(s) \/ MergeLock(s) \/ MergeCheck(s) \/ MergeUndo(s) \/ MergeTie(s)
            \/ MergeP(s) \/ MergePh(s)

-----------------------------------------------------------------------------
Step(s) == \/ Begin(s) \/ HandOut(s) \/ FirstWrite(s) \/ ReadH(s) \/ ReadS(s) \/ ReadG(s)
           \/ ReadP(s) \/ ReadR(s) \/ E1(s) \/ E2(s) \/ E3(s) \/ EV(s) \/ End(s) \/ ReadOwn(s) \/ LockNew(s) \/ Lock(s)
           \/ Unlock(s) \/ UnlockNew(s) \/ Ck(s) \/ Va(s) \/ NewH(s) \/ BumpLate(s) \/ Merge(s) \/ Pp(s) \/ Ph(s) \/ Avail(s)
AllDone == \A s \in Slots : ~Busy(s)
Next == (\E s \in Slots : Bump(s) \/ (Step(s) /\ UNCHANGED births)) \/ (AllDone /\ UNCHANGED vars)
Spec == Init /\ [][Next]_vars

P_reuse   == << <<"F">>, <<"A">>, <<"R">> >>
P_leak    == << <<"F">>, <<"A">>, <<"X">> >>
P_leakq   == << <<"F">>, <<"A">>, <<"XQ">> >>
P_same    == << <<"F","A","F">>, <<"Q">>, <<"X">> >>
P_abort   == << <<"F","AX","A">>, <<"X","X">> >>
P_abort2  == << <<"F","A">>, <<"AX">>, <<"X">> >>
P_update  == << <<"F","A">>, <<"U","U">>, <<"XQ">> >>
P_own     == << <<"F","X">>, <<"A","X">> >>
P_merge   == << <<"U","F","A">>, <<"D">> >>
P_merges  == << <<"F","A">>, <<"D","D">>, <<"X">> >>
P_alone   == << <<"F","AN">>, <<"XQ","X">>, <<"R">> >>
P_stale   == << <<"F">>, <<"A">>, <<"XW">> >>
P_mergeRoot == << <<"F","A">>, <<"DR","R">> >>
P_mergeRead == << <<"F">>, <<"A">>, <<"DR">>, <<"D">> >>
P_again   == << <<"F","A">>, <<"U">> >>
P_twice   == << <<"F","F">>, <<"A","F">>, <<"R">> >>

\* user-visible: never another object's bytes; a reference found in the same snapshot is not stale
NoForeign  == \A s \in Slots : Busy(s) /\ st[s].vb.is = "value" => st[s].vb.id = st[s].ref.id
NoForeignMerge == \A s \in Slots : At(s, "dp") => pay.id = st[s].ref.id
NoDangling == \A s \in Slots : Busy(s) /\ ~ByLeak(Kind(s)) => st[s].vb.is # "stale"
\* what has been read is one logical state, "stale" included
ReadRoot(s) == \E n \in 1..(st[s].i - 1) : Rd(Kind(s))[n] = 1
Exact == \A s \in Slots : Busy(s) =>
           /\ ReadRoot(s) => st[s].vr = st[s].exp.root
           /\ st[s].vb.is = "value" => st[s].exp.live = st[s].ref.id /\ st[s].vb.n = st[s].exp.n
           /\ st[s].vb.is = "stale" => st[s].exp.live # st[s].ref.id
Quiet == AllDone => L.root = root /\ ~hdr[1].l /\ ~hdr[2].l /\ (L.live # 0 <=> ~hdr[2].f) /\ (L.live = 0 <=> avail)
                    /\ (root # Null => root.g = gen) /\ (L.live # 0 => pay = [id |-> L.live, n |-> L.n])
Grow  == [][\A o \in {1,2} : hdr'[o].v >= hdr[o].v]_vars
\* traps
NoStale == \A s \in Slots : st[s].vb.is # "stale"
NoNewValue == \A s \in Slots : st[s].vb.id <= 1
=============================================================================
