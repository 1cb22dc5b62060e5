/**
 * The shim and what Java knows of it: the bindings are of its header, two builds are equal, the
 * machine code of a transaction holds nothing that would end it, the probe makes sense.
 *
 * <p>What needs the library is skipped, with a reason in one line, where this build has none; what
 * needs transactions of the processor, where the probe has not found them usable. Commits in
 * hardware are in {@code org.offheapstm.engine} and {@code explore}.
 */
package org.offheapstm.internal.htm;
