-------------------------------- MODULE Memory --------------------------------
(* Weak memory: which orders between the accesses of one thread the protocol  *)
(* needs, on x86 (TSO) and on a machine that keeps no order by itself; with   *)
(* payloads of two words. Straight-line litmus programs: a commit of writes,  *)
(* of births, of both, of a free; a reader; a validation against another; a   *)
(* closing region against a running attempt; a slot handed from one thread to *)
(* another.                                                                   *)
(*                                                                            *)
(* The machine. A thread's accesses become visible one at a time, each to all *)
(* threads at once (as on x86 and ARMv8), in any order but this:              *)
(*   - accesses to one word keep their program order;                         *)
(*   - a store waits for the load whose value it writes;                      *)
(*   - a fence [from, to] keeps accesses of kind "from" before it ahead of    *)
(*     accesses of kind "to" behind it; an acquire load keeps all behind it   *)
(*     behind it, a release store all before it before it;                    *)
(*   - Tso: everything keeps its order, except that a plain store             *)
(*     may be overtaken by later loads. That is the store buffer, first in    *)
(*     first out; a compare-and-set drains it. (No program here loads a word  *)
(*     that it has stored before, so that forwarding makes no difference.)    *)
(* Without Tso a compare-and-set is a store with release: on ARMv8 a later    *)
(* store may be visible before the store of the compare-and-set is. A         *)
(* volatile load after it waits for it, which is the fence [rmw, ld] here.    *)
(* A process-wide barrier finds every other thread between two instructions,  *)
(* with all before it visible and nothing behind it begun.                    *)
(*                                                                            *)
(* Programs do not loop: an attempt that would be refused makes no claim.     *)
(* Whether the loop around it is right is the business of Commit.tla.         *)
EXTENDS Naturals, Sequences, FiniteSets

CONSTANTS Prog,    \* a sequence of programs, one per thread
          Tso,     \* TRUE: x86; FALSE: no order is kept by itself
          M

VARIABLES mem,     \* word -> value
          done,    \* per thread: the instructions that are visible
          reg      \* per thread: name -> what it has loaded
vars == <<mem, done, reg>>
Mut(m) == m \in M

-----------------------------------------------------------------------------
(* Instructions. w: word; r: register; v: value stored, or use: the register  *)
(* stored as a version; dep: registers that must be loaded first.             *)
I0 == [t |-> "", w |-> "", r |-> "", v |-> 0, use |-> "", dep |-> {}, acq |-> FALSE, rel |-> FALSE,
       order |-> {}]
Load(w, r)     == [I0 EXCEPT !.t = "ld", !.w = w, !.r = r]
LoadAcq(w, r)  == [Load(w, r) EXCEPT !.acq = TRUE]
Store(w, v)    == [I0 EXCEPT !.t = "st", !.w = w, !.v = v]
StoreRel(w, v) == [Store(w, v) EXCEPT !.rel = TRUE]
Publish(w, r)  == [I0 EXCEPT !.t = "st", !.w = w, !.use = r, !.dep = {r}, !.rel = ~Mut("noRelease")]
Cas(w, v)      == [I0 EXCEPT !.t = "rmw", !.w = w, !.v = v, !.rel = ~Mut("casRelaxed")]
Tick           == [I0 EXCEPT !.t = "tick", !.w = "clock"]
Fence(pairs)   == [I0 EXCEPT !.t = "f", !.order = pairs]
Barrier        == [I0 EXCEPT !.t = "barrier"]
Await(w, v)    == [I0 EXCEPT !.t = "await", !.w = w, !.v = v]     \* waits while the word holds v

Loads  == {"ld", "await", "use"}
Kinds(op) == CASE op.t \in Loads -> {"ld"} [] op.t \in {"st", "unmap"} -> {"st"}
               [] op.t \in {"rmw", "tick"} -> {"st", "rmw"} [] OTHER -> {}
Full(op)   == op.t \in {"rmw", "tick", "barrier"}

LoadLoad   == <<"ld", "ld">>
StoreStore == <<"st", "st">>
StoreLoad  == <<"st", "ld">>
CasLoad    == <<"rmw", "ld">>

\* must instruction i of program P be visible before instruction j > i ?
Before(P, i, j) ==
  LET a == P[i]
      b == P[j]
      between == i+1..j-1
      fenced == \E n \in between : \E pair \in P[n].order : pair[1] \in Kinds(a) /\ pair[2] \in Kinds(b)
  IN \/ a.w = b.w /\ a.w # ""
     \/ a.r # "" /\ a.r \in b.dep
     \/ fenced
     \/ a.acq \/ b.rel
     \/ a.t = "barrier" \/ b.t = "barrier" \/ a.t = "await" \/ a.t = "unmap" \/ b.t = "unmap"
     \/ /\ Tso
        /\ ~(a.t = "st" /\ b.t \in Loads) \/ (\E n \in between : Full(P[n]))

-----------------------------------------------------------------------------
(* Headers: [l: lock, v: version]; clock: a number; payloads: 0 old, 1 new.   *)
Free(v)   == [l |-> FALSE, v |-> v]
Locked    == [l |-> TRUE, v |-> 0]
Words  == {"clock", "hx", "x1", "x2", "hy", "y", "running", "closed", "mapped", "lease", "log"}
Init == /\ mem = [w \in Words |-> CASE w \in {"hx", "hy"} -> Free(0) [] w \in {"clock", "mapped"} -> 1
                                    [] OTHER -> 0]
        /\ done = [p \in 1..Len(Prog) |-> {n \in 1..Len(Prog[p]) : Prog[p][n].t = "f"}]
        /\ reg = [p \in 1..Len(Prog) |-> <<>>]

Ready(p, j) == j \notin done[p] /\ \A i \in 1..j-1 : Before(Prog[p], i, j) => i \in done[p]
Has(p, r)   == r \in DOMAIN reg[p]
Put(p, r, v) == reg' = [reg EXCEPT ![p] = [n \in DOMAIN @ \cup {r} |-> IF n = r THEN v ELSE @[n]]]
\* every other thread stands between two instructions
InOrder(q) == \E n \in 0..Len(Prog[q]) : done[q] = (1..n) \cup {k \in 1..Len(Prog[q]) : Prog[q][k].t = "f"}

Exec(p, j) ==
  LET op == Prog[p][j] IN
  /\ Ready(p, j)
  /\ done' = [done EXCEPT ![p] = @ \cup {j}]
  /\ CASE op.t = "ld"   -> Put(p, op.r, mem[op.w]) /\ UNCHANGED mem
       [] op.t = "use"  -> Put(p, op.r, mem["mapped"]) /\ UNCHANGED mem
       [] op.t \in {"st", "unmap"} /\ op.use = "" -> mem' = [mem EXCEPT ![op.w] = op.v] /\ UNCHANGED reg
       [] op.t = "st" /\ op.use # ""  -> mem' = [mem EXCEPT ![op.w] = Free(reg[p][op.use])] /\ UNCHANGED reg
       [] op.t = "rmw"  -> mem' = [mem EXCEPT ![op.w] = op.v] /\ UNCHANGED reg
       [] op.t = "tick" -> mem' = [mem EXCEPT !["clock"] = @ + 1] /\ UNCHANGED reg
       [] op.t = "await" -> mem[op.w] # op.v /\ UNCHANGED <<mem, reg>>
       [] op.t = "barrier" -> (\A q \in 1..Len(Prog) : q # p => InOrder(q)) /\ UNCHANGED <<mem, reg>>

AllDone == \A p \in 1..Len(Prog) : done[p] = 1..Len(Prog[p])
Next == (\E p \in 1..Len(Prog) : \E j \in 1..Len(Prog[p]) : Exec(p, j)) \/ (AllDone /\ UNCHANGED vars)
Spec == Init /\ [][Next]_vars

-----------------------------------------------------------------------------
(* A commit that writes x (two words) and y: locks by compare-and-set, a      *)
(* volatile load of the clock, a storeStore fence before the payloads;        *)
(* headers are released.                                                      *)
AfterCas == Fence((IF Mut("noLockClock") THEN {} ELSE {CasLoad})
                  \cup (IF Mut("noLockPayload") THEN {} ELSE {StoreStore}))
Write == << Cas("hx", Locked), Cas("hy", Locked), AfterCas, Load("clock", "wv"),
            Store("x1", 1), Store("x2", 1), Publish("hx", "wv"), Store("y", 1), Publish("hy", "wv") >>
(* Births: payloads in place, under FREED (version 0 here); LOCK by a plain   *)
(* store; a full fence, because no compare-and-set has ordered it.            *)
AfterBirths == Fence((IF Mut("noBirthFence") THEN {} ELSE {StoreLoad}) \cup {StoreStore})
Births == << Store("x1", 1), Store("x2", 1), Store("y", 1), Store("hx", Locked), Store("hy", Locked), AfterBirths,
             Load("clock", "wv"), Publish("hx", "wv"), Publish("hy", "wv") >>
(* A birth and a write: the compare-and-set orders LOCK on the birth too.     *)
BirthAndWrite == << Store("x1", 1), Store("x2", 1), Store("hx", Locked), Cas("hy", Locked), AfterCas,
                    Load("clock", "wv"), Store("y", 1), Publish("hy", "wv"), Publish("hx", "wv") >>
(* A free of x: FREED is released, then its payload becomes a link of the     *)
(* list of free blocks, by a plain store.                                     *)
Free1 == << Cas("hx", Locked), AfterCas, Load("clock", "wv"), Publish("hx", "wv"), Store("x1", 2) >>

(* A reader of both: snapshot, then header, payload, header for each. Why    *)
(* twice: a commit that holds the lock when rv is loaded may publish a        *)
(* version below rv after the payload was read (headerLast).                  *)
Begin == IF Mut("noBeginAcquire") THEN Load("clock", "rv") ELSE LoadAcq("clock", "rv")
Header(w, r) == IF Mut("noHeaderAcquire") THEN Load(w, r) ELSE LoadAcq(w, r)
Reread == Fence(IF Mut("noRereadFence") THEN {} ELSE {LoadLoad})
First(w, r) == IF Mut("headerLast") THEN << >> ELSE << Header(w, r) >>
Read == << Begin >>
        \o First("hx", "hx1") \o << Load("x1", "x1"), Load("x2", "x2"), Reread, Load("hx", "hx2") >>
        \o First("hy", "hy1") \o << Load("y", "y"), Reread, Load("hy", "hy2") >>

(* A lease: the reader's thread takes over the writer's slot, and accepts what *)
(* that slot has published although it is not older than rv. The slot's own   *)
(* words (log) come with it.                                                  *)
HandOver == IF Mut("noLeaseRelease") THEN Store("lease", 1) ELSE StoreRel("lease", 1)
TakeOver == IF Mut("noLeaseAcquire") THEN Load("lease", "lease") ELSE LoadAcq("lease", "lease")

(* Two commits that each read what the other writes: lock, then validate.     *)
(* With births: what is validated is that a block is still FREED.             *)
Skew(mine, other) == << Cas(mine, Locked), AfterCas, Load(other, "seen") >>
SkewBirth(mine, other) == << Store(mine, Locked), AfterBirths, Load(other, "seen") >>

(* Quiescence. begin: running := serial, no fence; then closed is looked at.  *)
(* A use of memory counts if closed was 0. end: running := 0. The same of the *)
(* runs of a freed array: closed is their entry, which each access looks at,  *)
(* unmap is their next use; noTake is the engine that leaves the entry there. *)
Use(r, c) == [I0 EXCEPT !.t = "use", !.w = "mapped", !.r = r]
EndStore  == IF Mut("noEndRelease") THEN Store("running", 0) ELSE StoreRel("running", 0)
Run(serial, c, u) == << Store("running", serial), LoadAcq("closed", c), Use(u, c), EndStore >>
Runner == Run(1, "c1", "u1") \o Run(2, "c2", "u2")
Unmap  == [I0 EXCEPT !.t = "unmap", !.w = "mapped", !.v = 0]
Closer == (IF Mut("noTake") THEN << >> ELSE << Store("closed", 1) >>)
          \o << IF Mut("noBarrier") THEN Fence({StoreLoad}) ELSE Barrier,
                Await("running", 1), Await("running", 2), Unmap >>

P_torn  == << Write, Read >>
P_clock == << Write, Read, <<Tick>> >>
P_born  == << Births, Read, <<Tick>> >>
P_mixed == << BirthAndWrite, Read, <<Tick>> >>
P_free  == << Free1, Read >>
P_lease == << Write \o <<Store("log", 1), HandOver>>, <<TakeOver, Load("log", "log")>> \o Read >>
P_skew  == << Skew("hx", "hy"), Skew("hy", "hx") >>
P_skewBorn == << SkewBirth("hx", "hy"), SkewBirth("hy", "hx") >>
P_close == << Runner, Closer >>

-----------------------------------------------------------------------------
Loaded(p, names) == \A r \in names : Has(p, r)
\* what the first thread does: payload x, then perhaps y, before the headers; a link at the end
Born(o) == Prog[1][1].w = "x1" /\ (o = "y" => Prog[1][3].w = "y")
Frees   == Prog[1][Len(Prog[1])].w = "x1"
Accepted(first, last) == LET q == reg[2] IN
  /\ Has(2, first) => q[first] = q[last]
  /\ ~q[last].l /\ (Frees => q[last].v = 0)       \* FREED is refused
  /\ q[last].v < q["rv"] \/ (q[last].v # 0 /\ Has(2, "lease") /\ q["lease"] = 1)
ReadDone == Has(2, "rv") /\ done[2] = 1..Len(Prog[2])
\* what is not yet born has no payload
Seen(o, last, r) == IF Born(o) /\ reg[2][last].v = 0 THEN 0 ELSE reg[2][r]
\* what a reader accepts is whole: within an object, and across objects
NotTorn  == ReadDone /\ Accepted("hx1", "hx2") => Seen("x", "hx2", "x1") = Seen("x", "hx2", "x2")
OneState == ReadDone /\ Accepted("hx1", "hx2") /\ Accepted("hy1", "hy2")
              => Seen("x", "hx2", "x1") = Seen("y", "hy2", "y")
NoSkew   == Loaded(1, {"seen"}) /\ Loaded(2, {"seen"}) => reg[1]["seen"].l \/ reg[2]["seen"].l
OwnLog   == Loaded(2, {"lease", "log"}) => reg[2]["lease"] <= reg[2]["log"]
NoFault  == \A n \in {<<"c1", "u1">>, <<"c2", "u2">>} :
             Loaded(1, {n[1], n[2]}) => (reg[1][n[1]] = 0 => reg[1][n[2]] = 1)
\* traps
NoNew    == ReadDone /\ Accepted("hx1", "hx2") /\ Accepted("hy1", "hy2") => Seen("y", "hy2", "y") = 0
NoUnmap  == mem["mapped"] = 1
NoUse    == ~(Loaded(1, {"c2", "u2"}) /\ reg[1]["c2"] = 0 /\ mem["closed"] = 1)
=============================================================================
