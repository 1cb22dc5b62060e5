-------------------------------- MODULE Recycle -------------------------------
(* A run of blocks becomes something else, and a run of blocks again, under   *)
(* readers with references of every age. One block stands for the run.        *)
(*                                                                            *)
(* A root refers to the object in the block. It is freed, root and FREED in   *)
(* one commit; then the block is available, and may be handed out again, by   *)
(* an attempt that commits later. Or the run is taken: when its blocks are    *)
(* all available, after two grace periods, between which its entry in the run *)
(* table is taken away. Before, it was found empty, at a time when attempts   *)
(* begin: it may have been handed out and freed since. Then it is used        *)
(* otherwise, and its words are what does most harm: a clean old header of    *)
(* the first generation.                                                      *)
(*                                                                            *)
(* A reader loads the clock, finds the reference in the root, or has kept the *)
(* one that it found last, the first of all to begin with; looks at the run   *)
(* entry, once; then at header, generation and payload, header. "Stale" by    *)
(* the entry is not noted, and not validated.                                 *)
(*                                                                            *)
(* Atomicity: a commit is one step, the rest one access to memory. That the   *)
(* look at who runs misses nobody is the business of Memory.tla.              *)
EXTENDS Naturals, FiniteSets

CONSTANTS Readers,
          Most,       \* attempts of each reader
          M

VARIABLES clock, entry, hdr, gen,
          id,         \* payload: the object that wrote it
          root,       \* [g: generation, id: ghost, v: version of the root]
          avail,
          birth,      \* an attempt that has been handed the block: 0, or its reference
          top,        \* highest generation so far
          floor,      \* what the run's next generations are above
          rd, rc
vars == <<clock, entry, hdr, gen, id, root, avail, birth, top, floor, rd, rc>>
Mut(m) == m \in M
MaxGen == 4

Other == 99
Idle(n, g, o) == [pc |-> "idle", n |-> n, rv |-> 0, g |-> g, o |-> o, found |-> FALSE, h |-> [f |-> FALSE, v |-> 0], tg |-> 0, p |-> 0]
Init == /\ clock = 1 /\ entry = "blocks" /\ hdr = [f |-> FALSE, v |-> 0] /\ gen = 1 /\ id = 1
        /\ root = [g |-> 1, id |-> 1, v |-> 0] /\ avail = FALSE /\ birth = 0 /\ top = 1 /\ floor = 0
        /\ rd = [s \in Readers |-> Idle(1, 1, 1)] /\ rc = [pc |-> "idle", wait |-> {}]

At(s, p)  == rd[s].pc = p
Set(s, r) == rd' = [rd EXCEPT ![s] = r]
Go(s, p)  == Set(s, [rd[s] EXCEPT !.pc = p])
End(s)    == Set(s, Idle(rd[s].n + 1, rd[s].g, rd[s].o))
Run       == <<entry, hdr, gen, id, root, avail, birth, top, floor, rc>>
Running   == {<<s, rd[s].n>> : s \in {s \in Readers : rd[s].pc # "idle"}} \cup (IF birth = 0 THEN {} ELSE {<<0, birth>>})

(* --- a reader ------------------------------------------------------------- *)
Begin(s) ==
  /\ At(s, "idle") /\ rd[s].n <= Most
  /\ \E found \in BOOLEAN :
       Set(s, [rd[s] EXCEPT !.rv = clock, !.found = found, !.pc = IF found THEN "root" ELSE "entry"])
  /\ UNCHANGED <<clock, Run>>

\* too new: tick, and begin again
Again(s, v) == End(s) /\ clock' = IF v >= clock THEN v + 1 ELSE clock

ReadRoot(s) ==
  /\ At(s, "root")
  /\ IF root.v >= rd[s].rv THEN Again(s, root.v)
     ELSE /\ UNCHANGED clock
          /\ IF root.g = 0 THEN End(s) ELSE Set(s, [rd[s] EXCEPT !.pc = "entry", !.g = root.g, !.o = root.id])
  /\ UNCHANGED Run

LookEntry(s) ==
  /\ At(s, "entry") /\ Go(s, IF entry = "blocks" THEN "h1" ELSE "stale") /\ UNCHANGED <<clock, Run>>

ReadH(s) == At(s, "h1") /\ Set(s, [rd[s] EXCEPT !.pc = "p", !.h = hdr]) /\ UNCHANGED <<clock, Run>>

ReadP(s) == At(s, "p") /\ Set(s, [rd[s] EXCEPT !.pc = "h2", !.tg = gen, !.p = id]) /\ UNCHANGED <<clock, Run>>

ReadR(s) ==
  /\ At(s, "h2")
  /\ CASE hdr # rd[s].h -> Go(s, "h1") /\ UNCHANGED clock
       [] hdr = rd[s].h /\ hdr.v >= rd[s].rv -> Again(s, hdr.v)
       [] OTHER -> UNCHANGED clock /\ Go(s, IF hdr.f \/ rd[s].tg # rd[s].g THEN "stale" ELSE "value")
  /\ UNCHANGED Run

Leave(s) == (At(s, "stale") \/ At(s, "value")) /\ End(s) /\ UNCHANGED <<clock, Run>>

(* --- objects --------------------------------------------------------------- *)
Free ==
  /\ root.g # 0 /\ ~hdr.f /\ entry = "blocks"
  /\ root' = [g |-> 0, id |-> 0, v |-> clock] /\ hdr' = [f |-> TRUE, v |-> clock] /\ avail' = TRUE
  /\ UNCHANGED <<clock, entry, gen, id, birth, top, floor, rd, rc>>

HandOut ==
  /\ avail /\ birth = 0 /\ top < MaxGen
  /\ avail' = FALSE /\ gen' = gen + 1 /\ top' = top + 1 /\ birth' = gen + 1 /\ id' = top + 1
  /\ UNCHANGED <<clock, entry, hdr, root, floor, rd, rc>>

Publish ==
  /\ birth # 0
  /\ hdr' = [f |-> FALSE, v |-> clock] /\ root' = [g |-> birth, id |-> id, v |-> clock] /\ birth' = 0
  /\ UNCHANGED <<clock, entry, gen, id, avail, top, floor, rd, rc>>

(* --- the run --------------------------------------------------------------- *)
Doing(p) == rc.pc = p

Look ==         \* its blocks all say FREED
  /\ Doing("idle") /\ entry = "blocks" /\ hdr.f
  /\ rc' = [pc |-> "found", wait |-> {}]
  /\ floor' = IF Mut("floorEarly") THEN gen ELSE floor
  /\ UNCHANGED <<clock, entry, hdr, gen, id, root, avail, birth, top, rd>>

TakeOut ==      \* they are all in lists, and are taken out of them
  /\ Doing("found") /\ (avail \/ (Mut("unlisted") /\ hdr.f))
  /\ avail' = FALSE /\ rc' = [pc |-> "first", wait |-> Running]
  /\ floor' = IF Mut("floorEarly") \/ Mut("noFloor") THEN floor ELSE gen
  /\ UNCHANGED <<clock, entry, hdr, gen, id, root, birth, top, rd>>

Spare ==        \* they are not
  /\ Doing("found") /\ rc' = [pc |-> "idle", wait |-> {}]
  /\ UNCHANGED <<clock, entry, hdr, gen, id, root, avail, birth, top, floor, rd>>

Hide ==
  /\ Doing("first") /\ (rc.wait \cap Running = {} \/ Mut("noFirst"))
  /\ entry' = IF Mut("noHide") THEN entry ELSE "hidden"
  /\ rc' = [pc |-> "second", wait |-> Running]
  /\ UNCHANGED <<clock, hdr, gen, id, root, avail, birth, top, floor, rd>>

Release ==      \* and use for something else
  /\ Doing("second") /\ (rc.wait \cap Running = {} \/ Mut("noSecond"))
  /\ rc' = [pc |-> "other", wait |-> {}]
  /\ entry' = IF Mut("noHide") THEN entry ELSE "other"
  /\ hdr' = [f |-> FALSE, v |-> 0] /\ gen' = 1 /\ id' = Other
  /\ UNCHANGED <<clock, root, avail, birth, top, floor, rd>>

Refill ==       \* blocks again
  /\ Doing("other")
  /\ rc' = [pc |-> "idle", wait |-> {}] /\ entry' = "blocks" /\ hdr' = [f |-> TRUE, v |-> 0] /\ avail' = TRUE
  /\ gen' = floor
  /\ UNCHANGED <<clock, id, root, birth, top, floor, rd>>

-----------------------------------------------------------------------------
Step(s) == Begin(s) \/ ReadRoot(s) \/ LookEntry(s) \/ ReadH(s) \/ ReadP(s) \/ ReadR(s) \/ Leave(s)
Next == (\E s \in Readers : Step(s)) \/ Free \/ HandOut \/ Publish \/ Look \/ TakeOut \/ Spare \/ Hide \/ Release \/ Refill
Spec == Init /\ [][Next]_vars

\* never what is at the place now; what is found in a snapshot is there
NoForeign  == \A s \in Readers : At(s, "value") => rd[s].p = rd[s].o
NoDangling == \A s \in Readers : At(s, "stale") => ~rd[s].found
\* nobody writes into what is used otherwise
Intact     == Doing("other") => hdr.v = 0 /\ id = Other
\* traps
NoStale == \A s \in Readers : ~At(s, "stale")
NoThird == ~\E s \in Readers : At(s, "value") /\ rd[s].g = 3
=============================================================================
