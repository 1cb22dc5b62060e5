--------------------------------- MODULE Nest ---------------------------------
(* Closed nesting with partial rollback.                                      *)
(*                                                                            *)
(* An inner transaction adds to the read set and the write log of the outer   *)
(* one. Three ways out: it ends, and all it did belongs to the outer; it      *)
(* throws (or, as the first branch of orElse, retries): its log entries go,   *)
(* and what was written is as before, but its reads stay, and what it has     *)
(* written counts as read from then on, because what the outer does next      *)
(* depends on it; it meets a conflict. Then all runs again, or the inner one  *)
(* alone, without its reads, if what the outer had read and written is valid. *)
(*                                                                            *)
(* An object that is written is no longer in the read set: its entry says the *)
(* same (the logged word is replaced by compare-and-set). So an entry that    *)
(* goes must leave a read behind.                                             *)
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
(* transaction ends here. Unless o: if object o was not read as 0 the inner   *)
(* ends here, or the transaction. W reads, if that has not been done, and     *)
(* adds 1.                                                                    *)
R(o) == <<"read", o>>
W(o) == <<"write", o>>
Throw(o) == <<"throw", o>>
Unless(o) == <<"unless", o>>
Open  == <<"open", 0>>
Close == <<"close", 0>>

H0    == [l |-> FALSE, v |-> 0, s |-> 0]
Zero  == [o \in Objs |-> 0]
Save0 == [in |-> FALSE, ip |-> 0, rs |-> {}, seen |-> {}, log |-> [o \in Objs |-> H0], val |-> Zero, ws |-> {}, wval |-> Zero]
Fresh(k) == [pc |-> "b", k |-> k, ip |-> 1, rv |-> 0, rs |-> {}, seen |-> {}, log |-> [o \in Objs |-> H0], val |-> Zero,
             ws |-> {}, wval |-> Zero, save |-> Save0, c |-> 0, todo |-> {}, held |-> {},
             wv |-> 0, thrown |-> FALSE, again |-> FALSE, rerun |-> FALSE, inner |-> FALSE, exp |-> Zero, exp2 |-> Zero]

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
  /\ Set(s, [Next1(st[s]) EXCEPT !.save = [in |-> TRUE, ip |-> st[s].ip + 1, rs |-> st[s].rs, seen |-> st[s].seen,
                                         log |-> st[s].log, val |-> st[s].val, ws |-> st[s].ws, wval |-> st[s].wval]])
  /\ UNCHANGED <<clock, hdr, pay, kept, L>>

CloseIn(s) ==
  /\ Is(s, "close")
  /\ Set(s, [Next1(st[s]) EXCEPT !.save = Save0, !.inner = TRUE])
  /\ UNCHANGED <<clock, hdr, pay, kept, L>>

ThrowIn(s) ==     \* writes go, reads stay, and what was written was read
  /\ Is(s, "throw")
  /\ LET r == st[s]
         gone == r.ws \ r.save.ws
     IN IF r.val[Op(s)[2]] = 0
        THEN Set(s, [Next1(r) EXCEPT !.save = Save0, !.thrown = TRUE,
                       !.rs   = IF Mut("dropReads") THEN {} ELSE IF Mut("dropWritten") THEN @ ELSE @ \cup gone,
                       !.ws   = IF Mut("keepWrites") THEN @ ELSE r.save.ws,
                       !.wval = IF Mut("keepWrites") THEN @ ELSE r.save.wval])
        ELSE Set(s, [r EXCEPT !.ip = Len(Script(s)) + 1, !.save = Save0, !.inner = TRUE])
  /\ UNCHANGED <<clock, hdr, pay, kept, L>>

UnlessIn(s) ==
  /\ Is(s, "unless")
  /\ LET r == st[s]
         rest == {i \in r.ip..Len(Script(s)) : Script(s)[i] = Close}
     IN Set(s, IF r.val[Op(s)[2]] = 0 THEN Next1(r)
               ELSE IF r.save.in THEN [r EXCEPT !.ip = CHOOSE i \in rest : TRUE]
               ELSE [r EXCEPT !.ip = Len(Script(s)) + 1])
  /\ UNCHANGED <<clock, hdr, pay, kept, L>>

\* the inner alone: undone with its reads, then the present is the snapshot if the rest is valid
Rerun(s) ==
  LET r == st[s] IN
  Set(s, [r EXCEPT !.pc = "e3", !.again = TRUE, !.rerun = TRUE, !.ip = r.save.ip, !.seen = r.save.seen, !.log = r.save.log,
                   !.val = r.save.val, !.ws = r.save.ws, !.wval = r.save.wval, !.todo = {}, !.c = 0, !.exp2 = Zero,
                   !.rs = IF Mut("rerunUnsealed") THEN @ \cap r.save.rs ELSE r.save.rs])

Stale(s) == Abort(s) \/ (st[s].save.in /\ ~st[s].again /\ Rerun(s))

Fits(s, h) == ~h.l /\ (h.v < st[s].rv \/ h.s = s)
Opens(s) == (Is(s, "read") \/ Is(s, "write")) /\ Op(s)[2] \notin st[s].ws

\* an object that the log does not have: by its header, or extend, or lose
Read(s) ==
  /\ Opens(s)
  /\ LET o == Op(s)[2]
         h == hdr[o]
         r == [Next1(st[s]) EXCEPT !.log[o] = h, !.val[o] = pay[o], !.seen = @ \cup {o}]
     IN CASE Fits(s, h) /\ Is(s, "read")  -> Set(s, [r EXCEPT !.rs = @ \cup {o}])
          [] Fits(s, h) /\ Is(s, "write") -> Set(s, [r EXCEPT !.rs = @ \ {o}, !.ws = @ \cup {o}, !.wval[o] = pay[o] + 1])
          [] ~Fits(s, h) /\ h.l -> Abort(s)
          [] OTHER -> Set(s, [st[s] EXCEPT !.pc = "tk", !.c = h.v])
  /\ UNCHANGED <<clock, hdr, pay, kept, L>>

Again(s) ==       \* an object of the log: its private payload
  /\ (Is(s, "read") \/ Is(s, "write")) /\ ~Opens(s)
  /\ LET o == Op(s)[2] IN
     Set(s, IF Is(s, "read") THEN Next1(st[s]) ELSE [Next1(st[s]) EXCEPT !.wval[o] = @ + 1])
  /\ UNCHANGED <<clock, hdr, pay, kept, L>>

TickUp(s) ==
  /\ At(s, "tk")
  /\ clock' = IF clock <= st[s].c THEN clock + 1 ELSE clock
  /\ Set(s, [st[s] EXCEPT !.pc = "e3", !.c = 0])
  /\ UNCHANGED <<hdr, pay, kept, L>>

Extend(s) ==
  /\ At(s, "e3")
  /\ Set(s, [st[s] EXCEPT !.pc = "ev", !.c = clock, !.exp2 = L,
                          !.todo = st[s].rs \cup (IF Mut("logUnvalidated") THEN {} ELSE st[s].ws)])
  /\ UNCHANGED <<clock, hdr, pay, kept, L>>

\* reads by the snapshot, entries by their words
StillGood(s, o) == IF o \in st[s].ws THEN hdr[o] = st[s].log[o] ELSE Fits(s, hdr[o])

ExtendV(s) ==
  /\ At(s, "ev")
  /\ LET r == st[s] IN
     IF r.todo # {}
     THEN \E o \in r.todo : IF StillGood(s, o) THEN Set(s, [r EXCEPT !.todo = @ \ {o}]) ELSE Stale(s)
     ELSE Set(s, [r EXCEPT !.pc = "run", !.again = FALSE, !.rv = r.c, !.exp = r.exp2, !.exp2 = Zero, !.c = 0])
  /\ UNCHANGED <<clock, hdr, pay, kept, L>>

(* --- commit -------------------------------------------------------------- *)
End(s) ==
  /\ At(s, "run") /\ Ended(s)
  /\ IF st[s].ws = {} THEN Set(s, Fresh(st[s].k + 1)) ELSE Set(s, [st[s] EXCEPT !.pc = "lk"])
  /\ UNCHANGED <<clock, hdr, pay, kept, L>>

Min(T) == CHOOSE o \in T : \A p \in T : o <= p

Lock(s) ==
  /\ At(s, "lk")
  /\ LET r == st[s]
         o == Min(r.ws \ r.held)
     IN IF hdr[o] = r.log[o]
        THEN /\ hdr' = [hdr EXCEPT ![o] = [l |-> TRUE, v |-> @.v, s |-> s]]
             /\ Set(s, [r EXCEPT !.held = @ \cup {o}, !.pc = IF r.ws = r.held \cup {o} THEN "ck" ELSE "lk"])
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
  /\ IF \A o \in st[s].rs \ st[s].ws : Fits(s, hdr[o])
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
Step(s) == \/ Begin(s) \/ OpenIn(s) \/ CloseIn(s) \/ ThrowIn(s) \/ UnlessIn(s) \/ Read(s) \/ Again(s) \/ TickUp(s) \/ Extend(s)
           \/ ExtendV(s) \/ End(s) \/ Lock(s) \/ Unlock(s) \/ Ck(s) \/ Publish(s)
AllDone == \A s \in Slots : ~Busy(s)
Next == (\E s \in Slots : Step(s)) \/ (AllDone /\ UNCHANGED vars)
Spec == Init /\ [][Next]_vars

Left  == << Open, R(1), W(3), Throw(1), W(2) >>
Right == << Open, R(2), W(3), Throw(2), W(1) >>
LeftW  == << Open, R(1), W(1), Throw(1), W(2) >>
RightW == << Open, R(2), W(2), Throw(2), W(1) >>
Both  == << R(2), R(3), W(2), W(3) >>
All   == << R(1), R(2), R(3), W(1), W(2), W(3) >>
Look  == << R(1), Open, R(2), R(3), Close >>
Copy  == << W(1), Open, R(2), R(3), W(3), Close, W(1) >>
Deep  == << W(1), Open, W(2), Close, R(3) >>
P_throw   == << <<Left>>, <<Right>> >>
P_throw2  == << <<Left>>, <<Right>>, <<Left>> >>
P_one     == << <<Left>> >>
P_written == << <<LeftW>>, <<RightW>> >>
P_look    == << <<Look>>, <<Both, Both>> >>
P_deep    == << <<Deep>>, <<All, All>> >>
Again1 == << R(2), Unless(2), Open, R(1), Unless(1), W(2), W(2), R(1), Close, W(3) >>
P_rerun   == << <<Again1>>, << <<R(3), Unless(3), W(2)>> >>, << <<W(1)>> >> >>
P_copy    == << <<Copy, Look>>, <<Both>>, <<All>> >>

NoSkew  == Prog[1] \in {<<Left>>, <<LeftW>>} => pay[1] = 0 \/ pay[2] = 0
\* 2 of its own, with 3; or, if its inner found 1 written, 3 alone, or nothing as the other has written 2
NoSkewRerun == Prog = P_rerun => ~(pay[2] = 1 /\ pay[3] = 1)
NoDirty == Prog[1] = <<Left>> => (pay[3] # 0 => kept = 1)
\* until Deep commits, all three are equal
EqualReads == Prog = P_deep /\ Busy(1) => \A o, p \in st[1].seen : st[1].val[o] = st[1].val[p]
Exact   == \A s \in Slots : Busy(s) => \A o \in st[s].seen : st[s].val[o] = st[s].exp[o]
Quiet   == AllDone => L = pay /\ \A o \in Objs : ~hdr[o].l
\* traps
NoThrow   == \A s \in Slots : At(s, "pp") => ~st[s].thrown
NoRerun   == \A s \in Slots : At(s, "pp") => ~st[s].rerun
NoExtend  == [][\A s \in Slots : st[s].pc = "ev" => st'[s].pc # "run"]_vars
=============================================================================
