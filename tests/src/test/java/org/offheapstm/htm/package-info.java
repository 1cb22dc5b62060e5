/**
 * Hardware transactions without the hardware: the tests of {@code native/src/test/c}, and commits
 * of the engine under their emulator.
 *
 * <p>The shim is built here once more, with the compiler and the flags of the shipped library, plus
 * what the emulator needs to find the instructions of RTM; and again with a part taken out, to see
 * that a test misses it. With it come the C tests, as a program, and the emulator with the shim, as
 * a library that a virtual machine of its own loads in place of the shipped one: {@link
 * org.offheapstm.htm.OtherMachine}, in which any program of the tests may run, the tests of
 * commits in hardware among them. The shim as another architecture gets it is loaded so, too.
 * Nothing of this is in an artifact.
 *
 * <p>Runs on machines with RTM and without. What cannot run says so in one line and is skipped:
 * all of it without a C compiler or off x86-64 Linux, the C tests on the processor's own
 * transactions where the probe finds none, memcheck without valgrind. Emulated runs say nothing of
 * time.
 */
package org.offheapstm.htm;
