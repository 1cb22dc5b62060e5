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
(* is FREED; the commit sets LOCK on the new block before its clock load and  *)
(* clears FREED when it publishes.                                            *)
(*                                                                            *)
(* A read through a reference: header, generation, payload, header. A FREED   *)
(* header, or another generation, means "stale" only if version < rv or the   *)
(* header is accepted as the slot's own; otherwise the snapshot is extended   *)
(* first, as for any header that is too new. "Stale" is a read like another:  *)
(* the user may catch the exception and go on, so it is logged and validated. *)
(*                                                                            *)
(* References travel: user code may hand one to other slots outside of any    *)
(* transaction, from the moment of the hand-out (leaked). X kinds use one.    *)
(*                                                                            *)
(* Atomicity: sequentially consistent, at most one access to shared memory    *)
(* per step; header, generation and payload are three words.                  *)
(* Not here: before-images (a registered snapshot reads the old value of a    *)
(* freed block through them), death of an owner, exhausted generations.       *)
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

-----------------------------------------------------------------------------
(* F: root, block; free it, root := null.  A: allocate, and if root is null   *)
(* let it refer to the new block.  AX: allocate, then abort.  U: root, block; *)
(* increment.  R, Q: root, block, without and with a log.  X, XQ: block       *)
(* through a leaked reference, then root. D: increment the block through a    *)
(* leaked reference as a commutative update, which reads nothing: it locks    *)
(* whatever word is current, so it must look at the generation under the lock.*)
Rd(k) == CASE k \in {"X","XQ"} -> <<2,1>> [] k \in {"A","AX"} -> <<1>> [] k = "D" -> <<2>> [] OTHER -> <<1,2>>
NoLog(k) == k \in {"R","X"}
H0   == [l |-> FALSE, f |-> FALSE, v |-> 0, s |-> 0]
None == [is |-> "none", id |-> 0, n |-> 0]
Ref(g, id) == [g |-> g, id |-> id]        \* id is a ghost: nothing compares it
Null == Ref(0, 0)
State0 == [root |-> Null, live |-> 0, n |-> 0]
Fresh(k) == [pc |-> "b", k |-> k, i |-> 1, j |-> 1, rv |-> 0, h |-> H0, c |-> 0, wv |-> 0, ref |-> Null,
             tg |-> 0, tr |-> Null, tp |-> None, new |-> Null, vr |-> Null, vb |-> None, log |-> <<H0, H0>>,
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

Begin(s) ==
  /\ At(s, "b")
  /\ \E r \in IF Kind(s) \in {"X","XQ","D"} THEN leaked ELSE {Null} :
       Set(s, [st[s] EXCEPT !.pc = IF Kind(s) \in {"A","AX"} THEN "ga" ELSE IF Kind(s) = "D" THEN "dh" ELSE "rh", !.rv = clock, !.exp = L, !.ref = r])
  /\ UNCHANGED <<Shared, L>>

(* --- hand-out ------------------------------------------------------------ *)
HandOut(s) ==
  /\ At(s, "ga")
  /\ IF avail THEN avail' = FALSE /\ Go(s, "gb")
     ELSE avail' = avail /\ Finish(s)                     \* nothing to allocate
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
  /\ Go(s, "rh")
  /\ UNCHANGED <<clock, hdr, root, gen, avail, leaked, L>>

(* --- read ---------------------------------------------------------------- *)
Own(s, h) == h.s = s /\ (~h.f \/ Mut("ownFreed"))
Fits(s, h) == ~h.l /\ (h.v < st[s].rv \/ Own(s, h))

\* the object is read: root as a reference, block as a value or as stale
Logged(s, r) ==
  LET q == [r EXCEPT !.log[Obj(s)] = st[s].h, !.i = @ + 1, !.h = H0, !.tg = 0, !.tr = Null, !.tp = None, !.j = 1]
      null == Obj(s) = 1 /\ Kind(s) \notin {"X","XQ"} /\ r.vr = Null       \* nothing to follow
  IN Set(s, [q EXCEPT !.pc = IF q.i > Len(Rd(Kind(s))) \/ null THEN "end" ELSE "rh"])

Stale(s) == Logged(s, [st[s] EXCEPT !.vb = [is |-> "stale", id |-> 0, n |-> 0]])

ReadH(s) ==
  /\ At(s, "rh")
  /\ LET h == hdr[Obj(s)]
         r == [st[s] EXCEPT !.h = h]
         staleAtOnce == h.f /\ Mut("staleUnchecked")
     IN CASE h.l /\ ~staleAtOnce -> Abort(s)
          [] (Fits(s, h) /\ ~(h.f /\ ~Own(s, h))) /\ ~staleAtOnce ->
               Set(s, [r EXCEPT !.pc = IF Obj(s) = 1 THEN "rp" ELSE "rg"]) /\ UNCHANGED <<avail, gen>>
          [] (Fits(s, h) /\ h.f /\ ~Own(s, h)) \/ staleAtOnce ->
               Set(s, [r EXCEPT !.pc = "rs"]) /\ UNCHANGED <<avail, gen>>
          [] OTHER -> Set(s, [r EXCEPT !.pc = "e1"]) /\ UNCHANGED <<avail, gen>>
  /\ UNCHANGED <<clock, hdr, root, pay, leaked, L>>

ReadS(s) == At(s, "rs") /\ Stale(s) /\ UNCHANGED <<Shared, L>>

ReadG(s) ==
  /\ At(s, "rg")
  /\ Set(s, [st[s] EXCEPT !.pc = "rp", !.tg = gen])
  /\ UNCHANGED <<Shared, L>>

ReadP(s) ==
  /\ At(s, "rp")
  /\ IF Obj(s) = 1 THEN Set(s, [st[s] EXCEPT !.pc = "rr", !.tr = root])
     ELSE Set(s, [st[s] EXCEPT !.pc = "rr", !.tp = [is |-> "value", id |-> pay.id, n |-> pay.n]])
  /\ UNCHANGED <<Shared, L>>

ReadR(s) ==
  /\ At(s, "rr")
  /\ IF hdr[Obj(s)] # st[s].h /\ ~(Mut("noReread") /\ Obj(s) = 2)
     THEN Set(s, [st[s] EXCEPT !.pc = "rh", !.h = H0, !.tg = 0, !.tr = Null, !.tp = None])
     ELSE IF Obj(s) = 1
          THEN Logged(s, [st[s] EXCEPT !.vr = st[s].tr,
                                       !.ref = IF Kind(s) \in {"X","XQ"} THEN @ ELSE st[s].tr])
          ELSE IF st[s].tg # st[s].ref.g /\ ~Mut("noGeneration") THEN Stale(s)
               ELSE Logged(s, [st[s] EXCEPT !.vb = st[s].tp])
  /\ UNCHANGED <<Shared, L>>

(* --- extend -------------------------------------------------------------- *)
AfterTick(s, r) == IF NoLog(Kind(s)) THEN Abort(s) ELSE Set(s, [r EXCEPT !.pc = "e3"]) /\ UNCHANGED <<avail, gen>>

E1(s) ==
  /\ At(s, "e1")
  /\ IF clock <= st[s].h.v
     THEN Set(s, [st[s] EXCEPT !.pc = "e2", !.c = clock]) /\ UNCHANGED <<avail, gen>>
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

EV(s) ==
  /\ At(s, "ev")
  /\ LET o == Rd(Kind(s))[st[s].j] IN
     IF hdr[o] # st[s].log[o] THEN Abort(s)
     ELSE /\ UNCHANGED <<avail, gen>>
          /\ IF st[s].j < st[s].i - 1 THEN Set(s, [st[s] EXCEPT !.j = @ + 1])
             ELSE Extended(s, st[s].c, st[s].exp2)
  /\ UNCHANGED <<clock, hdr, root, pay, leaked, L>>

(* --- commit -------------------------------------------------------------- *)
Live(s) == st[s].vb.is = "value"
WSeq(s) == CASE Kind(s) = "F" /\ Live(s) -> <<1,2>>
             [] Kind(s) = "U" /\ Live(s) -> <<2>>
             [] Kind(s) = "A" /\ st[s].vr = Null -> <<1>>
             [] OTHER -> <<>>
WObj(s) == WSeq(s)[st[s].j]

End(s) ==
  /\ At(s, "end")
  /\ IF WSeq(s) = <<>> THEN Finish(s) /\ Give(s)
     ELSE /\ Go(s, "lk")
          /\ avail' = IF Mut("freeAtOnce") /\ Kind(s) = "F" THEN TRUE ELSE avail
          /\ UNCHANGED gen
  /\ UNCHANGED <<clock, hdr, root, pay, leaked, L>>

Lock(s) ==
  /\ At(s, "lk")
  /\ LET o == WObj(s) IN
     IF hdr[o] = st[s].log[o]
     THEN /\ hdr' = [hdr EXCEPT ![o] = [@ EXCEPT !.l = TRUE, !.s = s]]
          /\ UNCHANGED <<avail, gen>>
          /\ IF st[s].j < Len(WSeq(s)) THEN Set(s, [st[s] EXCEPT !.j = @ + 1])
             ELSE Set(s, [st[s] EXCEPT !.j = 1, !.pc = IF st[s].new # Null /\ ~Mut("newUnlocked") THEN "ln" ELSE "ck"])
     ELSE /\ UNCHANGED hdr
          /\ IF st[s].j = 1 THEN Abort(s)
             ELSE Set(s, [st[s] EXCEPT !.j = @ - 1, !.pc = "un"]) /\ UNCHANGED <<avail, gen>>
  /\ UNCHANGED <<clock, root, pay, leaked, L>>

LockNew(s) ==   \* nobody else writes the header of a block handed out: a plain store
  /\ At(s, "ln")
  /\ hdr' = [hdr EXCEPT ![2] = [@ EXCEPT !.l = TRUE, !.s = s]]
  /\ Go(s, "ck")
  /\ UNCHANGED <<clock, root, Block, L>>

Unlock(s) ==
  /\ At(s, "un")
  /\ hdr' = [hdr EXCEPT ![WObj(s)] = st[s].log[WObj(s)]]
  /\ IF st[s].j = 1 THEN Abort(s) ELSE Set(s, [st[s] EXCEPT !.j = @ - 1]) /\ UNCHANGED <<avail, gen>>
  /\ UNCHANGED <<clock, root, pay, leaked, L>>

Ck(s) ==
  /\ At(s, "ck")
  /\ LET k == Kind(s) IN
     /\ Set(s, [st[s] EXCEPT !.wv = clock, !.exp2 = L,
                             !.pc = CASE k = "U" -> "va" [] k = "A" /\ ~Mut("newLast") -> "nh" [] OTHER -> "pp"])
     /\ L' = CASE k = "U" -> [L EXCEPT !.n = @ + 1]
               [] k = "F" -> [root |-> Null, live |-> 0, n |-> 0]
               [] k = "A" -> [root |-> st[s].new, live |-> st[s].new.id, n |-> 0]
  /\ UNCHANGED Shared

Undo(s, f) == IF f.live = st[s].vb.id /\ f.n = st[s].vb.n + 1 THEN [f EXCEPT !.n = @ - 1] ELSE f

Va(s) ==        \* U: the root is only read
  /\ At(s, "va")
  /\ IF hdr[1] = st[s].log[1] THEN Go(s, "pp") /\ UNCHANGED L
     ELSE /\ L' = Undo(s, L)
          /\ st' = [q \in Slots |-> IF q = s THEN [st[s] EXCEPT !.pc = "un"]
                                    ELSE [st[q] EXCEPT !.exp = Undo(s, @), !.exp2 = Undo(s, @)]]
  /\ UNCHANGED Shared

NewH(s) ==      \* the new block is published, before (not newLast) any lock is released
  /\ At(s, "nh")
  /\ hdr' = [hdr EXCEPT ![2] = [l |-> FALSE, f |-> FALSE, s |-> s,
                                v |-> IF Mut("newKeepsVersion") THEN @.v ELSE st[s].wv]]
  /\ IF Mut("bumpAfterPublish") THEN Go(s, "gl") ELSE IF Mut("newLast") THEN Finish(s) ELSE Go(s, "pp")
  /\ UNCHANGED <<clock, root, Block, L>>

BumpLate(s) ==  \* mutation
  /\ At(s, "gl") /\ gen' = gen + 1 /\ Go(s, "pp")
  /\ UNCHANGED <<clock, hdr, root, pay, avail, leaked, L>>

Pp(s) ==
  /\ At(s, "pp")
  /\ IF WObj(s) = 1 THEN root' = st[s].new /\ UNCHANGED pay     \* F: null
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
     ELSE IF Kind(s) = "A" /\ Mut("newLast") THEN Go(s, "nh")
     ELSE Finish(s)
  /\ UNCHANGED <<clock, root, Block, L>>

Avail(s) ==     \* after the commit: into the free list
  /\ At(s, "av") /\ avail' = TRUE /\ Finish(s)
  /\ UNCHANGED <<clock, hdr, root, pay, gen, leaked, L>>

(* --- a commutative update ------------------------------------------------ *)
MergeH(s) ==
  /\ At(s, "dh") /\ ~hdr[2].l
  /\ IF hdr[2].f THEN Finish(s)             \* stale
     ELSE Set(s, [st[s] EXCEPT !.pc = IF Mut("mergeChecksFirst") THEN "dg" ELSE "dl", !.h = hdr[2]])
  /\ UNCHANGED <<Shared, L>>

MergeG(s) ==   \* mutation: the generation is looked at before the lock only
  /\ At(s, "dg")
  /\ IF gen # st[s].ref.g THEN Finish(s) ELSE Go(s, "dl")
  /\ UNCHANGED <<Shared, L>>

MergeLock(s) ==
  /\ At(s, "dl")
  /\ IF hdr[2] = st[s].h
     THEN /\ hdr' = [hdr EXCEPT ![2] = [@ EXCEPT !.l = TRUE, !.s = s]]
          /\ Go(s, IF Mut("mergeChecksFirst") THEN "dc" ELSE "dk")
     ELSE UNCHANGED hdr /\ Go(s, "dh")
  /\ UNCHANGED <<clock, root, Block, L>>

MergeCheck(s) ==
  /\ At(s, "dk")
  /\ Go(s, IF gen = st[s].ref.g THEN "dc" ELSE "du")
  /\ UNCHANGED <<Shared, L>>

MergeUndo(s) ==
  /\ At(s, "du")
  /\ hdr' = [hdr EXCEPT ![2] = st[s].h] /\ Finish(s)
  /\ UNCHANGED <<clock, root, Block, L>>

MergeClock(s) ==
  /\ At(s, "dc")
  /\ IF st[s].h.v = clock /\ st[s].h.s # s
     THEN clock' = clock + 1 /\ UNCHANGED <<st, L>>           \* a tie
     ELSE /\ Set(s, [st[s] EXCEPT !.pc = "dp", !.wv = clock])
          /\ L' = [L EXCEPT !.n = @ + 1] /\ UNCHANGED clock
  /\ UNCHANGED <<hdr, root, Block>>

MergeP(s) ==
  /\ At(s, "dp")
  /\ pay' = [pay EXCEPT !.n = @ + 1] /\ Go(s, "dq")
  /\ UNCHANGED <<clock, hdr, root, gen, avail, leaked, L>>

MergePh(s) ==
  /\ At(s, "dq")
  /\ hdr' = [hdr EXCEPT ![2] = [l |-> FALSE, f |-> FALSE, v |-> st[s].wv, s |-> s]] /\ Finish(s)
  /\ UNCHANGED <<clock, root, Block, L>>

Merge(s) == MergeH(s) \/ MergeG(s) \/ MergeLock(s) \/ MergeCheck(s) \/ MergeUndo(s) \/ MergeClock(s)
            \/ MergeP(s) \/ MergePh(s)

-----------------------------------------------------------------------------
Step(s) == \/ Begin(s) \/ HandOut(s) \/ FirstWrite(s) \/ ReadH(s) \/ ReadS(s) \/ ReadG(s)
           \/ ReadP(s) \/ ReadR(s) \/ E1(s) \/ E2(s) \/ E3(s) \/ EV(s) \/ End(s) \/ Lock(s) \/ LockNew(s)
           \/ Unlock(s) \/ Ck(s) \/ Va(s) \/ NewH(s) \/ BumpLate(s) \/ Merge(s) \/ Pp(s) \/ Ph(s) \/ Avail(s)
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
P_twice   == << <<"F","F">>, <<"A","F">>, <<"R">> >>

\* user-visible: never another object's bytes; a reference found in the same snapshot is not stale
NoForeign  == \A s \in Slots : Busy(s) /\ st[s].vb.is = "value" => st[s].vb.id = st[s].ref.id
NoForeignMerge == \A s \in Slots : At(s, "dp") => pay.id = st[s].ref.id
NoDangling == \A s \in Slots : Busy(s) /\ Kind(s) \notin {"X","XQ"} => st[s].vb.is # "stale"
\* what has been read is one logical state, "stale" included
ReadRoot(s) == \E n \in 1..(st[s].i - 1) : Rd(Kind(s))[n] = 1
Exact == \A s \in Slots : Busy(s) =>
           /\ ReadRoot(s) => st[s].vr = st[s].exp.root
           /\ st[s].vb.is = "value" => st[s].exp.live = st[s].ref.id /\ st[s].vb.n = st[s].exp.n
           /\ st[s].vb.is = "stale" => st[s].exp.live # st[s].ref.id
Quiet == AllDone => L.root = root /\ ~hdr[1].l /\ ~hdr[2].l /\ (L.live # 0 <=> ~hdr[2].f) /\ (L.live = 0 <=> avail)
                    /\ (L.live # 0 => root.g = gen /\ pay = [id |-> L.live, n |-> L.n])
Grow  == [][\A o \in {1,2} : hdr'[o].v >= hdr[o].v]_vars
\* traps
NoStale == \A s \in Slots : st[s].vb.is # "stale"
NoNewValue == \A s \in Slots : st[s].vb.id <= 1
=============================================================================
