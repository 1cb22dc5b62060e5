-------------------------------- MODULE Retry --------------------------------
(* retry: an attempt sleeps until something in its read set has changed; no   *)
(* wake-up is lost. With orElse, the read set is that of both branches.       *)
(*                                                                            *)
(* The waiter clears its signal, enters the queue of each object it has read, *)
(* increments the waiter count, then validates its read set, where a LOCKed   *)
(* header counts as changed, and sleeps while its signal is 0. A committer    *)
(* loads the count after its locks; if it is not 0 it signals, after it has   *)
(* published, all that are in the queues of what it has written. Either the   *)
(* committer's load sees the increment, or the waiter's validation sees the   *)
(* lock: the pattern of Skew in Memory.tla, and the same fences. A waiter     *)
(* that goes takes itself off the count, then out of the queues.              *)
(*                                                                            *)
(* A committer may die at any step from its locks on. Recovery publishes or   *)
(* undoes, and signals in both cases: the commit record stays until then, so  *)
(* that a death between the last header and the last signal is not forgotten. *)
(*                                                                            *)
(* A lost wake-up shows as a deadlock: in every program each condition waited *)
(* for comes true. Atomicity: sequentially consistent, one access per step,   *)
(* but a read of an object is one step (Commit.tla shows that it may be), a   *)
(* header's version is a counter of its own, and a queue has a lock: entering *)
(* or leaving it, or signalling all that are in it, is one step.              *)
EXTENDS Naturals, Sequences, FiniteSets

CONSTANTS Prog,    \* per slot: a kind
          M,
          Crash    \* slots that may die

VARIABLES hdr,     \* per object [l, o: OWNED, v]
          pay,
          queue,   \* per object: who waits for a change of it
          count, signal,
          dead, st
vars == <<hdr, pay, queue, count, signal, dead, st>>
Mut(m) == m \in M
Slots == 1..Len(Prog)
Objs  == {1, 2}

(* W1: wait until object 1 is not 0. T1: until it is 2. Or: object 1 or, in   *)
(* the other branch, object 2 is not 0. C1, C2: increment. C12: both. E1: the *)
(* same by an escalated attempt.                                              *)
Waiter(k) == k \in {"W1", "T1", "Or"}
Rd(k) == CASE k \in {"W1", "T1", "C1", "E1"} -> <<1>> [] k = "C2" -> <<2>> [] k \in {"Or", "C12"} -> <<1, 2>>
Goal(k, val) == CASE k = "W1" -> val[1] > 0 [] k = "T1" -> val[1] > 1 [] k = "Or" -> val[1] > 0 \/ val[2] > 0

H0 == [l |-> FALSE, o |-> FALSE, v |-> 0]
Fresh == [pc |-> "b", i |-> 1, n |-> 0, log |-> <<H0, H0>>, val |-> <<0, 0>>]
Init == /\ hdr = <<H0, H0>> /\ pay = <<0, 0>> /\ queue = [o \in Objs |-> {}] /\ count = 0
        /\ signal = [s \in Slots |-> 0] /\ dead = {} /\ st = [s \in Slots |-> Fresh]

Kind(s)   == Prog[s]
At(s, p)  == st[s].pc = p
Set(s, r) == st' = [st EXCEPT ![s] = r]
Go(s, p)  == Set(s, [st[s] EXCEPT !.pc = p])
Obj(s)    == Rd(Kind(s))[st[s].i]
Last(s)   == st[s].i = Len(Rd(Kind(s)))
Wait      == <<queue, count, signal>>

Read(s) ==
  /\ At(s, "b") /\ ~hdr[Obj(s)].l
  /\ LET r == [st[s] EXCEPT !.log[Obj(s)] = hdr[Obj(s)], !.val[Obj(s)] = pay[Obj(s)]] IN
     IF ~Last(s) THEN Set(s, [r EXCEPT !.i = @ + 1])
     ELSE Set(s, [r EXCEPT !.i = 1, !.pc =
            CASE ~Waiter(Kind(s)) -> IF Kind(s) = "E1" THEN "ow" ELSE IF Mut("countFirst") THEN "cn" ELSE "lk"
              [] Waiter(Kind(s)) /\ Goal(Kind(s), r.val) -> "done"
              [] Mut("wordsAfterCheck") -> "v0"
              [] OTHER -> IF Mut("enqueueLast") THEN "ct" ELSE IF Mut("incrementLast") THEN "va" ELSE "cl"])
  /\ UNCHANGED <<hdr, pay, Wait>>

Words(s) ==        \* mutation: the read set is checked first, the words to wait on are loaded afterwards
  /\ \/ At(s, "v0") /\ Set(s, IF \A n \in 1..Len(Rd(Kind(s))) : hdr[Rd(Kind(s))[n]] = st[s].log[Rd(Kind(s))[n]]
                              THEN [st[s] EXCEPT !.pc = "v1"] ELSE Fresh)
     \/ At(s, "v1") /\ Set(s, [st[s] EXCEPT !.pc = "cl", !.log = hdr])
  /\ UNCHANGED <<hdr, pay, Wait>>

(* --- the waiter ---------------------------------------------------------- *)
Clear(s) ==
  /\ At(s, "cl")
  /\ signal' = [signal EXCEPT ![s] = 0]
  /\ Go(s, IF Mut("clearLast") /\ s \in queue[Obj(s)] THEN "sl" ELSE "en")
  /\ UNCHANGED <<hdr, pay, queue, count>>

Enqueue(s) ==
  /\ At(s, "en")
  /\ queue' = [queue EXCEPT ![Obj(s)] = @ \cup {s}]
  /\ IF ~Last(s) THEN Set(s, [st[s] EXCEPT !.i = @ + 1])
     ELSE Set(s, [st[s] EXCEPT !.i = 1, !.pc = IF Mut("enqueueLast") THEN "sl" ELSE "ct"])
  /\ UNCHANGED <<hdr, pay, count, signal>>

Count(s) ==
  /\ At(s, "ct")
  /\ count' = count + 1
  /\ Go(s, IF Mut("incrementLast") THEN "sl" ELSE "va")
  /\ UNCHANGED <<hdr, pay, queue, signal>>

Unchanged(s, o) ==
  LET h == hdr[o]
      g == st[s].log[o]
  IN \/ o = 1 /\ Kind(s) = "Or" /\ Mut("dropLeft")
     \/ h.v = g.v /\ (~h.l \/ Mut("lockedUnchanged"))

Validate(s) ==
  /\ At(s, "va")
  /\ IF Unchanged(s, Obj(s))
     THEN IF ~Last(s) THEN Set(s, [st[s] EXCEPT !.i = @ + 1])
          ELSE Set(s, [st[s] EXCEPT !.i = 1, !.pc =
                 CASE Mut("incrementLast") \/ Mut("enqueueLast") \/ Mut("clearLast") -> "cl" [] OTHER -> "sl"])
     ELSE Set(s, [st[s] EXCEPT !.i = 1, !.pc = IF Mut("incrementLast") THEN "b" ELSE "dc"])
  /\ UNCHANGED <<hdr, pay, Wait>>

Sleep(s) ==
  /\ At(s, "sl") /\ signal[s] = 1
  /\ Go(s, "dc")
  /\ UNCHANGED <<hdr, pay, Wait>>

Discount(s) ==
  /\ At(s, "dc")
  /\ count' = count - 1
  /\ Go(s, "dq")
  /\ UNCHANGED <<hdr, pay, queue, signal>>

Dequeue(s) ==      \* then run again
  /\ At(s, "dq")
  /\ queue' = [queue EXCEPT ![Obj(s)] = @ \ {s}]
  /\ IF Last(s) THEN Set(s, Fresh) ELSE Set(s, [st[s] EXCEPT !.i = @ + 1])
  /\ UNCHANGED <<hdr, pay, count, signal>>

(* --- the committer ------------------------------------------------------- *)
Own(s) ==          \* escalated: what it has read is owned from then on
  /\ At(s, "ow")
  /\ IF hdr[1] = st[s].log[1]
     THEN hdr' = [hdr EXCEPT ![1].o = TRUE] /\ Go(s, IF Mut("countFirst") THEN "cn" ELSE "lk")
     ELSE UNCHANGED hdr /\ Set(s, Fresh)
  /\ UNCHANGED <<pay, Wait>>

Lock(s) ==
  /\ At(s, "lk")
  /\ LET o == Obj(s)
         mine == Kind(s) = "E1" \/ (hdr[o] = st[s].log[o] /\ ~hdr[o].o)
     IN IF mine
        THEN /\ hdr' = [hdr EXCEPT ![o] = [@ EXCEPT !.l = TRUE, !.o = FALSE]]
             /\ IF Last(s) THEN Set(s, [st[s] EXCEPT !.i = 1, !.pc = IF Mut("countFirst") THEN "pb" ELSE "cn"])
                ELSE Set(s, [st[s] EXCEPT !.i = @ + 1])
        ELSE /\ hdr' = IF st[s].i = 2 THEN [hdr EXCEPT ![1].l = FALSE] ELSE hdr
             /\ Set(s, Fresh)
  /\ UNCHANGED <<pay, Wait>>

LoadCount(s) ==
  /\ At(s, "cn")
  /\ Set(s, [st[s] EXCEPT !.n = count, !.pc = IF Mut("countFirst") THEN "lk" ELSE IF Mut("signalFirst") /\ count > 0 THEN "sg" ELSE "pb"])
  /\ UNCHANGED <<hdr, pay, Wait>>

Publish(s) ==
  /\ At(s, "pb")
  /\ pay' = [pay EXCEPT ![Obj(s)] = @ + 1]
  /\ hdr' = [hdr EXCEPT ![Obj(s)] = [l |-> FALSE, o |-> FALSE, v |-> @.v + 1]]
  /\ IF ~Last(s) THEN Set(s, [st[s] EXCEPT !.i = @ + 1])
     ELSE Set(s, [st[s] EXCEPT !.i = 1, !.pc = IF st[s].n > 0 /\ ~Mut("signalFirst") THEN "sg" ELSE "done"])
  /\ UNCHANGED Wait

Signal(s) ==       \* object by object
  /\ At(s, "sg")
  /\ signal' = [q \in Slots |-> IF q \in queue[Obj(s)] THEN 1 ELSE signal[q]]
  /\ IF ~Last(s) THEN Set(s, [st[s] EXCEPT !.i = @ + 1])
     ELSE Set(s, [st[s] EXCEPT !.i = 1, !.pc = IF Mut("signalFirst") THEN "pb" ELSE "done"])
  /\ UNCHANGED <<hdr, pay, queue, count>>

(* --- death --------------------------------------------------------------- *)
Die(s) ==
  /\ s \in Crash \ dead /\ ~Waiter(Kind(s)) /\ st[s].pc \in {"lk", "cn", "pb", "sg"}
  /\ dead' = dead \cup {s}
  /\ LET from == st[s].i
         O == Rd(Kind(s))
         rest == {O[n] : n \in from..Len(O)}
         held == {O[n] : n \in 1..from-1}
         first == st[s].pc = "pb" /\ st[s].i = 1
     IN \/ /\ st[s].pc \in {"pb", "sg"}            \* committed: publish what is left
           /\ hdr' = [o \in Objs |-> IF st[s].pc = "pb" /\ o \in rest THEN [l |-> FALSE, o |-> FALSE, v |-> hdr[o].v + 1] ELSE hdr[o]]
           /\ pay' = [o \in Objs |-> IF st[s].pc = "pb" /\ o \in rest THEN pay[o] + 1 ELSE pay[o]]
           /\ Set(s, [st[s] EXCEPT !.n = 1, !.i = 1, !.pc = IF Mut("recNoSignal") THEN "done" ELSE "sg"])
        \/ /\ st[s].pc \in {"lk", "cn"} \/ first         \* not committed: undo; another tries it again
           /\ hdr' = [o \in Objs |-> IF (st[s].pc # "lk" /\ o \in {O[n] : n \in 1..Len(O)}) \/ o \in held
                                        \/ (Kind(s) = "E1" /\ o = 1)
                                     THEN [hdr[o] EXCEPT !.l = FALSE, !.o = FALSE] ELSE hdr[o]]
           /\ Set(s, Fresh)
           /\ UNCHANGED pay
  /\ UNCHANGED Wait

-----------------------------------------------------------------------------
Step(s) == \/ Read(s) \/ Words(s) \/ Clear(s) \/ Enqueue(s) \/ Count(s) \/ Validate(s) \/ Sleep(s) \/ Discount(s) \/ Dequeue(s)
           \/ Own(s) \/ Lock(s) \/ LoadCount(s) \/ Publish(s) \/ Signal(s)
AllDone == \A s \in Slots : At(s, "done")
Next == (\E s \in Slots : (Step(s) /\ UNCHANGED dead) \/ Die(s)) \/ (AllDone /\ UNCHANGED vars)
Spec == Init /\ [][Next]_vars
Fair == Spec /\ \A s \in Slots : WF_vars(Step(s) /\ UNCHANGED dead)

P_one   == << "W1", "C1" >>
P_two   == << "W1", "T1", "C1", "C1" >>
P_or    == << "Or", "C1" >>
P_or2   == << "Or", "W1", "C2", "C1" >>
P_both  == << "Or", "T1", "C12", "C1" >>
P_esc   == << "W1", "T1", "E1", "C1" >>

Quiet == AllDone => queue = [o \in Objs |-> {}] /\ count = 0 /\ \A o \in Objs : ~hdr[o].l /\ ~hdr[o].o
Live  == <>AllDone
\* traps
NoSleep  == \A s \in Slots : ~(At(s, "sl") /\ signal[s] = 0)
NoRefuse == \A s \in Slots : At(s, "dc") => signal[s] = 1
=============================================================================
