/**
 * One kernel in eight forms, each in a process of its own: what {@code bench htm} compares.
 *
 * <p>The kernels are those of {@code native/src/main/c/stm_htm.h}. Five forms run there, in a loop
 * in C; three are written again here, draw by draw as the C draws, over objects of the same shape:
 * a block of 32 bytes, 16 of header and two words. {@link org.offheapstm.bench.htm.form.JavaLoop}
 * is the loop of run.c; its subclasses say how an object is reached.
 *
 * <p>The parent holds a {@link org.offheapstm.bench.htm.form.FormProcess} for each form and asks
 * for slices, in turns ({@link org.offheapstm.bench.htm.form.Job}, one line); the child ({@code
 * FormWorker}) answers with {@link org.offheapstm.bench.htm.form.Slice}, one line. A child serves
 * one form and one kernel, so that the JIT sees no other.
 */
package org.offheapstm.bench.htm.form;
