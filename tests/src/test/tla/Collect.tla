-------------------------------- MODULE Collect -------------------------------
(* A collection beside transactions: what roots and pins lead to in a         *)
(* snapshot is marked; then what the snapshot saw and the marking did not     *)
(* reach is freed.                                                            *)
(*                                                                            *)
(* Word 0 is the root, word o the one word of object o: a reference, or 0. An *)
(* object is made once and freed once; its place is not used again (that is   *)
(* Reuse.tla), so a reference to a freed object is stale, for ever.           *)
(*                                                                            *)
(* A transaction begins with what its user has pinned, reads on from there in *)
(* the snapshot of its begin, may make an object, write one word, and pin     *)
(* what it knows; then it commits, if what it has read has not changed, or is *)
(* undone, its pins with it. Between transactions its user may close a pin.   *)
(* That is the contract: outside of transactions a user knows what he has     *)
(* pinned, and nothing else.                                                  *)
(*                                                                            *)
(* Atomicity: begin and commit are one step each, that they can be is the     *)
(* business of Commit.tla. Closing a pin is two: a look at whether a          *)
(* collection goes on, and what follows from it. Each commit has a version of *)
(* its own.                                                                   *)
EXTENDS Naturals, FiniteSets

CONSTANTS Users, Objects,
          First,     \* objects that exist at first: the root leads to the first of them, each to the next
          Most,      \* how many transactions each user has
          M

VARIABLES clock, mem, ver, alive, made,
          st,        \* per user: the transaction
          pins,      \* per user
          kept,      \* pins that were closed during a collection
          closing,   \* per user: <<0>>, or the pin that is being closed and whether a collection was seen
          collecting, c
vars == <<clock, mem, ver, alive, made, st, pins, kept, closing, collecting, c>>
Mut(m) == m \in M
Words == {0} \cup Objects
Null == 0
None == [at |-> "none"]

Zero == [w \in Words |-> Null]
Idle(k) == [pc |-> "idle", k |-> k, snap |-> Zero, sver |-> Zero, known |-> {}, rs |-> {}, w |-> 99, v |-> Null,
            new |-> Null, had |-> {}]
Begun == [pc |-> "hold", s |-> Zero, live |-> {}, seen |-> 0, wait |-> {}, gray |-> {}, marked |-> {}, early |-> {},
          left |-> Objects, freed |-> {}]

Init == /\ clock = 1 /\ made = First
        /\ mem = [w \in Words |-> IF (w = 0 \/ w \in First) /\ w + 1 \in First THEN w + 1 ELSE Null]
        /\ ver = [w \in Words |-> 1] /\ alive = First
        /\ st = [u \in Users |-> Idle(1)] /\ pins = [u \in Users |-> {}] /\ kept = {}
        /\ closing = [u \in Users |-> [o |-> Null, seen |-> FALSE]]
        /\ collecting = FALSE /\ c = Begun

-----------------------------------------------------------------------------
(* A transaction.                                                             *)
Runs(s) == st[s].pc = "run"
Set(s, r) == st' = [st EXCEPT ![s] = r]
Region == <<clock, mem, ver, alive, made>>
Pinned == <<pins, kept, closing>>
Collector == <<collecting, c>>

Begin(s) ==
  /\ st[s].pc = "idle" /\ st[s].k <= Most /\ closing[s].o = Null
  /\ Set(s, [st[s] EXCEPT !.pc = "run", !.snap = mem, !.sver = ver, !.known = pins[s], !.had = pins[s]])
  /\ UNCHANGED <<Region, Pinned, Collector>>

Read(s) ==
  /\ Runs(s)
  /\ \E x \in ({0} \cup st[s].known) \ st[s].rs :
       Set(s, [st[s] EXCEPT !.rs = @ \cup {x}, !.known = (@ \cup {st[s].snap[x]}) \ {Null}])
  /\ UNCHANGED <<Region, Pinned, Collector>>

Make(s) ==
  /\ Runs(s) /\ st[s].new = Null
  /\ \E o \in Objects \ made : /\ made' = made \cup {o}
                               /\ Set(s, [st[s] EXCEPT !.new = o, !.known = @ \cup {o}])
  /\ UNCHANGED <<clock, mem, ver, alive, Pinned, Collector>>

Write(s) ==     \* a word that is written counts as read
  /\ Runs(s) /\ st[s].w = 99
  /\ \E x \in {0} \cup st[s].known, v \in {Null} \cup st[s].known :
       /\ Set(s, [st[s] EXCEPT !.w = x, !.v = v, !.rs = @ \cup {x}])
  /\ UNCHANGED <<Region, Pinned, Collector>>

PinIt(s) ==
  /\ Runs(s) /\ Cardinality(pins[s]) < 1
  /\ \E o \in st[s].known : pins' = [pins EXCEPT ![s] = @ \cup {o}]
  /\ UNCHANGED <<Region, kept, closing, st, Collector>>

Valid(s) == \A x \in st[s].rs : ver[x] = st[s].sver[x] \/ (x \in Objects /\ x = st[s].new)

Commit(s) ==
  /\ Runs(s)
  /\ Set(s, Idle(st[s].k + 1))
  /\ IF st[s].w = 99 /\ st[s].new = Null THEN UNCHANGED <<clock, mem, ver, alive, pins>>       \* it has only read
     ELSE IF Valid(s) \/ Mut("unvalidated")
          THEN LET changed == ({st[s].w, st[s].new} \cap Objects) \cup ({st[s].w} \cap {0}) IN
               /\ clock' = clock + 1
               /\ ver' = [x \in Words |-> IF x \in changed THEN clock + 1 ELSE ver[x]]
               /\ alive' = alive \cup ({st[s].new} \ {Null})
               /\ mem' = [x \in Words |-> IF x = st[s].w THEN st[s].v ELSE mem[x]]
               /\ UNCHANGED pins
          ELSE pins' = [pins EXCEPT ![s] = st[s].had] /\ UNCHANGED <<clock, mem, ver, alive>>
  /\ UNCHANGED <<made, kept, closing, Collector>>

CloseLook(s) ==
  /\ st[s].pc = "idle" /\ closing[s].o = Null
  /\ \E o \in pins[s] : closing' = [closing EXCEPT ![s] = [o |-> o, seen |-> collecting]]
  /\ UNCHANGED <<Region, pins, kept, st, Collector>>

CloseIt(s) ==
  /\ closing[s].o # Null
  /\ pins' = [pins EXCEPT ![s] = @ \ {closing[s].o}]
  /\ kept' = IF closing[s].seen /\ ~Mut("forgetClosed") THEN kept \cup {closing[s].o} ELSE kept
  /\ closing' = [closing EXCEPT ![s] = [o |-> Null, seen |-> FALSE]]
  /\ UNCHANGED <<Region, st, Collector>>

-----------------------------------------------------------------------------
(* The collection.                                                            *)
At(p) == c.pc = p
AllPins == UNION {pins[u] : u \in Users} \cup kept

\* the attempts that ran at the snapshot
Ran == {<<u, st[u].k>> : u \in {u \in Users : Runs(u)}}

Hold ==
  /\ At("hold") /\ collecting' = ~Mut("holdLate")
  /\ c' = [c EXCEPT !.pc = "snap"]
  /\ UNCHANGED <<Region, Pinned, st>>

Snap ==
  /\ At("snap")
  /\ c' = [c EXCEPT !.pc = IF Mut("holdLate") THEN "late" ELSE "mark", !.s = mem, !.live = alive, !.seen = clock,
                    !.wait = Ran, !.gray = {mem[0]} \ {Null},
                    !.early = IF Mut("pinsEarly") THEN AllPins ELSE {}]
  /\ UNCHANGED <<Region, Pinned, collecting, st>>

HoldLate ==     \* mutation: pins are held from after the snapshot
  /\ At("late") /\ collecting' = TRUE /\ c' = [c EXCEPT !.pc = "mark"] /\ UNCHANGED <<Region, Pinned, st>>

Mark ==
  /\ At("mark") \/ At("pinned")
  /\ c.gray # {}
  /\ LET o == CHOOSE o \in c.gray : TRUE
         next == (IF Mut("present") THEN mem[o] ELSE c.s[o])
     IN c' = [c EXCEPT !.marked = @ \cup {o},
                      !.gray = (@ \cup (IF o \in c.live /\ ~Mut("notFollowed") THEN {next} ELSE {}))
                               \ (c.marked \cup {o, Null})]
  /\ UNCHANGED <<Region, Pinned, collecting, st>>

ReachPinned ==
  /\ At("mark") /\ c.gray = {} /\ (c.wait \cap Ran = {} \/ Mut("noWait"))
  /\ LET found == IF Mut("pinsEarly") THEN c.early ELSE AllPins
     IN c' = [c EXCEPT !.pc = "pinned", !.gray = found \ c.marked]
  /\ UNCHANGED <<Region, Pinned, collecting, st>>

Sweep ==        \* frees in transactions of its own
  /\ At("pinned") /\ c.gray = {} /\ c.left # {}
  /\ LET o == CHOOSE o \in c.left : TRUE
         dead == o \in alive /\ o \notin c.marked /\ (ver[o] <= c.seen \/ Mut("young"))
     IN /\ c' = [c EXCEPT !.left = @ \ {o}, !.freed = IF dead THEN @ \cup {o} ELSE @]
        /\ IF dead THEN alive' = alive \ {o} /\ ver' = [ver EXCEPT ![o] = clock + 1] /\ clock' = clock + 1
           ELSE UNCHANGED <<alive, ver, clock>>
  /\ UNCHANGED <<mem, made, Pinned, collecting, st>>

LetGo ==
  /\ At("pinned") /\ c.left = {}
  /\ collecting' = FALSE /\ kept' = {} /\ c' = [c EXCEPT !.pc = "ended"]
  /\ UNCHANGED <<Region, pins, closing, st>>

-----------------------------------------------------------------------------
Step(s) == Begin(s) \/ Read(s) \/ Make(s) \/ Write(s) \/ PinIt(s) \/ Commit(s) \/ CloseLook(s) \/ CloseIt(s)
Done == At("ended") /\ \A u \in Users : st[u].pc = "idle"
Next == (\E s \in Users : Step(s)) \/ Hold \/ Snap \/ HoldLate \/ Mark \/ ReachPinned \/ Sweep \/ LetGo
        \/ (Done /\ UNCHANGED vars)
Spec == Init /\ [][Next]_vars

RECURSIVE Closure(_, _)
Closure(m, from) == LET next == from \cup ({m[o] : o \in from} \ {Null}) IN IF next = from THEN from ELSE Closure(m, next)
Reachable == Closure(mem, {mem[0]} \ {Null})

\* what a user can come to is there
Reached == Reachable \subseteq alive
Keeps   == \A u \in Users : \A o \in pins[u] : o \in alive \/ o = st[u].new
\* and nothing else stays of what was there
Complete == At("ended") => \A o \in alive : o \in c.live /\ ver[o] <= c.seen => o \in c.marked
\* traps
NoneFreed  == c.freed = {}
NoCycle    == ~\E o, p \in c.freed : o # p /\ mem[o] = p /\ mem[p] = o
NoneSpared == ~(At("ended") /\ \E o \in alive : o \notin c.marked)
=============================================================================
