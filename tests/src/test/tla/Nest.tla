--------------------------------- MODULE Nest ---------------------------------
(* Closed nesting with partial rollback.                                      *)
(*                                                                            *)
(* An inner transaction adds to the read set and the redo log of the outer    *)
(* one. Three ways out: it ends, and all it did belongs to the outer; it      *)
(* throws (or, as the left branch of orElse, retries): its writes go, but its *)
(* reads stay, because what the outer does next depends on them; it meets a   *)
(* conflict: if an extension finds only reads of the inner changed, the inner *)
(* alone runs again, under the new snapshot and with its reads and writes     *)
(* gone; if a read of the outer has changed, all runs again.                  *)
(*                                                                            *)
(* Atomicity: as in Commit.tla, but a read of an object is one step, and so   *)
(* is a tick. One level of nesting.                                           *)
EXTENDS Naturals, Sequences, FiniteSets

CONSTANTS Prog,    \* per slot: a sequence of scripts
          M

VARIABLES clock, hdr, pay, st, kept, L
vars == <<clock, hdr, pay, st, kept, L>>
Mut(m) == m \in M
Slots == 1..Len(Prog)
Objs  == {1, 2, 3}

-----------------------------------------------------------------------------
(* Scripts. Open and Close: the inner transaction. Throw o: if object o was   *)
(* read as 0 the inner throws, the outer catches and goes on; else the        *)
(* transaction ends here. W adds 1 to what was read, or writes 1.             *)
R(o) == <<"read", o>>
W(o) == <<"write", o>>
Throw(o) == <<"throw", o>>
Open  == <<"open", 0>>
Close == <<"close", 0>>

H0    == [l |-> FALSE, v |-> 0, s |-> 0]
Zero  == [o \in Objs |-> 0]
Save0 == [in |-> FALSE, ip |-> 0, rs |-> {}, ws |-> {}, wval |-> Zero]
Fresh(k) == [pc |-> "b", k |-> k, ip |-> 1, rv |-> 0, rs |-> {}, log |-> [o \in Objs |-> H0], val |-> Zero,
             ws |-> {}, wval |-> Zero, save |-> Save0, c |-> 0, todo |-> {}, bad |-> FALSE, held |-> {},
             wv |-> 0, thrown |-> FALSE, inner |-> FALSE, exp |-> Zero, exp2 |-> Zero]

Init == /\ clock = 1 /\ hdr = [o \in Objs |-> H0] /\ pay = Zero /\ kept = 0
        /\ st = [s \in Slots |-> Fresh(1)] /\ L = Zero

Busy(s)   == st[s].k <= Len(Prog[s])
At(s, p)  == Busy(s) /\ st[s].pc = p
Script(s) == Prog[s][st[s].k]
Ended(s)  == st[s].ip > Len(Script(s))
Op(s)     == Script(s)[st[s].ip]
Set(s, r) == st' = [st EXCEPT ![s] = r]
Abort(s)  == Set(s, Fresh(st[s].k))
Is(s, t)  == At(s, "run") /\ ~Ended(s) /\ Op(s)[1] = t
Next1(r)  == [r EXCEPT !.ip = @ + 1]

Begin(s) ==
  /\ At(s, "b")
  /\ Set(s, [st[s] EXCEPT !.pc = "run", !.rv = clock, !.exp = L])
  /\ UNCHANGED <<clock, hdr, pay, kept, L>>

OpenIn(s) ==
  /\ Is(s, "open")
  /\ LET r == Next1(st[s]) IN
     Set(s, [r EXCEPT !.save = [in |-> TRUE, ip |-> r.ip, rs |-> r.rs, ws |-> r.ws, wval |-> r.wval]])
  /\ UNCHANGED <<clock, hdr, pay, kept, L>>

CloseIn(s) ==
  /\ Is(s, "close")
  /\ Set(s, [Next1(st[s]) EXCEPT !.save = Save0, !.inner = TRUE])
  /\ UNCHANGED <<clock, hdr, pay, kept, L>>

ThrowIn(s) ==     \* writes go, reads stay
  /\ Is(s, "throw")
  /\ LET r == st[s] IN
     IF r.val[Op(s)[2]] = 0
     THEN Set(s, [Next1(r) EXCEPT !.save = Save0, !.thrown = TRUE,
                    !.rs   = IF Mut("dropReads") THEN r.save.rs ELSE @,
                    !.ws   = IF Mut("keepWrites") THEN @ ELSE r.save.ws,
                    !.wval = IF Mut("keepWrites") THEN @ ELSE r.save.wval])
     ELSE Set(s, [r EXCEPT !.ip = Len(Script(s)) + 1, !.save = Save0, !.inner = TRUE])
  /\ UNCHANGED <<clock, hdr, pay, kept, L>>

Write(s) ==       \* an image of its own; nothing shared
  /\ Is(s, "write")
  /\ LET o == Op(s)[2] IN
     Set(s, [Next1(st[s]) EXCEPT !.ws = @ \cup {o}, !.wval[o] = (IF o \in st[s].rs THEN st[s].val[o] ELSE 0) + 1])
  /\ UNCHANGED <<clock, hdr, pay, kept, L>>

\* back to where the inner began, its reads and writes gone
Inner(r) == [r EXCEPT !.pc = "run", !.ip = r.save.ip, !.rs = r.save.rs, !.ws = r.save.ws, !.wval = r.save.wval]

Read(s) ==
  /\ Is(s, "read")
  /\ LET o == Op(s)[2]
         h == hdr[o]
     IN CASE ~h.l /\ (h.v < st[s].rv \/ h.s = s) ->
               Set(s, [Next1(st[s]) EXCEPT !.rs = @ \cup {o}, !.log[o] = h, !.val[o] = pay[o]])
          [] h.l -> Set(s, IF st[s].save.in THEN Inner(st[s]) ELSE Fresh(st[s].k))
          [] OTHER -> Set(s, [st[s] EXCEPT !.pc = "tk", !.c = h.v])
  /\ UNCHANGED <<clock, hdr, pay, kept, L>>

TickUp(s) ==
  /\ At(s, "tk")
  /\ clock' = IF clock <= st[s].c THEN clock + 1 ELSE clock
  /\ Set(s, [st[s] EXCEPT !.pc = "e3", !.c = 0])
  /\ UNCHANGED <<hdr, pay, kept, L>>

Extend(s) ==
  /\ At(s, "e3")
  /\ Set(s, [st[s] EXCEPT !.pc = "ev", !.c = clock, !.exp2 = L, !.bad = FALSE,
                          !.todo = IF Mut("innerUnvalidated") /\ st[s].save.in THEN {} ELSE @ \cup st[s].rs])
  /\ UNCHANGED <<clock, hdr, pay, kept, L>>

ExtendV(s) ==
  /\ At(s, "ev")
  /\ LET r == st[s]
         outer == r.save.rs
     IN IF r.todo # {}
        THEN \E o \in r.todo :
               IF hdr[o] = r.log[o] THEN Set(s, [r EXCEPT !.todo = @ \ {o}])
               ELSE IF r.save.in /\ (o \notin outer \/ Mut("outerOverlooked"))
               THEN Set(s, [r EXCEPT !.todo = @ \ {o}, !.bad = TRUE])
               ELSE Abort(s)
        ELSE LET q == [r EXCEPT !.pc = "run", !.rv = r.c, !.exp = r.exp2, !.exp2 = Zero, !.c = 0, !.bad = FALSE]
             IN Set(s, IF r.bad \/ (Mut("innerUnvalidated") /\ r.save.in) THEN Inner(q) ELSE q)
  /\ UNCHANGED <<clock, hdr, pay, kept, L>>

(* --- commit -------------------------------------------------------------- *)
End(s) ==
  /\ At(s, "run") /\ Ended(s)
  /\ IF st[s].ws = {} THEN Set(s, Fresh(st[s].k + 1)) ELSE Set(s, [st[s] EXCEPT !.pc = "lk"])
  /\ UNCHANGED <<clock, hdr, pay, kept, L>>

Min(T) == CHOOSE o \in T : \A p \in T : o <= p

Lock(s) ==        \* in offset order; what was not read is locked as it is
  /\ At(s, "lk")
  /\ LET r == st[s]
         o == Min(r.ws \ r.held)
     IN IF (o \in r.rs /\ hdr[o] = r.log[o]) \/ (o \notin r.rs /\ ~hdr[o].l)
        THEN /\ hdr' = [hdr EXCEPT ![o] = [l |-> TRUE, v |-> @.v, s |-> s]]
             /\ Set(s, [r EXCEPT !.held = @ \cup {o}, !.log[o] = hdr[o], !.pc = IF r.ws = r.held \cup {o} THEN "ck" ELSE "lk"])
        ELSE Set(s, [r EXCEPT !.pc = "un"]) /\ UNCHANGED hdr
  /\ UNCHANGED <<clock, pay, kept, L>>

Unlock(s) ==
  /\ At(s, "un")
  /\ IF st[s].held = {} THEN Abort(s) /\ UNCHANGED hdr
     ELSE LET o == Min(st[s].held) IN
          /\ hdr' = [hdr EXCEPT ![o] = st[s].log[o]]
          /\ Set(s, [st[s] EXCEPT !.held = @ \ {o}])
  /\ UNCHANGED <<clock, pay, kept, L>>

Ck(s) ==          \* clock load and validation: the ghosts need no undoing if they are one step
  /\ At(s, "ck")
  /\ IF \A o \in st[s].rs \ st[s].ws : hdr[o] = st[s].log[o]
     THEN /\ L' = [o \in Objs |-> IF o \in st[s].ws THEN st[s].wval[o] ELSE L[o]]
          /\ Set(s, [st[s] EXCEPT !.pc = "pp", !.wv = clock, !.exp = L])
     ELSE UNCHANGED L /\ Set(s, [st[s] EXCEPT !.pc = "un"])
  /\ UNCHANGED <<clock, hdr, pay, kept>>

Publish(s) ==
  /\ At(s, "pp")
  /\ LET o == Min(st[s].held) IN
     /\ pay' = [pay EXCEPT ![o] = st[s].wval[o]]
     /\ hdr' = [hdr EXCEPT ![o] = [l |-> FALSE, v |-> st[s].wv, s |-> s]]
     /\ kept' = IF st[s].inner THEN 1 ELSE kept
     /\ IF st[s].held = {o} THEN Set(s, Fresh(st[s].k + 1)) ELSE Set(s, [st[s] EXCEPT !.held = @ \ {o}])
  /\ UNCHANGED <<clock, L>>

-----------------------------------------------------------------------------
Step(s) == \/ Begin(s) \/ OpenIn(s) \/ CloseIn(s) \/ ThrowIn(s) \/ Write(s) \/ Read(s) \/ TickUp(s) \/ Extend(s)
           \/ ExtendV(s) \/ End(s) \/ Lock(s) \/ Unlock(s) \/ Ck(s) \/ Publish(s)
AllDone == \A s \in Slots : ~Busy(s)
Next == (\E s \in Slots : Step(s)) \/ (AllDone /\ UNCHANGED vars)
Spec == Init /\ [][Next]_vars

Left  == << Open, R(1), W(3), Throw(1), W(2) >>
Right == << Open, R(2), W(3), Throw(2), W(1) >>
Both  == << R(2), R(3), W(2), W(3) >>
All   == << R(1), R(2), R(3), W(1), W(2), W(3) >>
Look  == << R(1), Open, R(2), R(3), Close >>
Copy  == << R(1), Open, R(2), R(3), W(3), Close, W(1) >>
P_throw   == << <<Left>>, <<Right>> >>
P_throw2  == << <<Left>>, <<Right>>, <<Left>> >>
P_one     == << <<Left>> >>
P_partial == << <<Look>>, <<Both, Both>> >>
P_outer   == << <<Look>>, <<All, All>> >>
P_copy    == << <<Copy, Look>>, <<Both>>, <<All>> >>

NoSkew  == Prog[1] = <<Left>> => pay[1] + pay[2] <= 1
NoDirty == Prog[1] = <<Left>> => (pay[3] # 0 => kept = 1)
EqualReads == Prog = P_outer => \A s \in Slots : \A o, p \in st[s].rs : st[s].val[o] = st[s].val[p]
Exact   == \A s \in Slots : Busy(s) => \A o \in st[s].rs : st[s].val[o] = st[s].exp[o]
Quiet   == AllDone => L = pay /\ \A o \in Objs : ~hdr[o].l
\* traps
NoPartial == [][\A s \in Slots : st[s].pc = "ev" /\ st[s].bad => st'[s].pc # "run"]_vars
NoThrow   == \A s \in Slots : At(s, "pp") => ~st[s].thrown
=============================================================================
