/**
 * How words are laid out: the header before each object, references, entries of the run table, and
 * the control area. Only bits and offsets, no behaviour.
 *
 * <p><b>Offsets.</b> An <em>offset</em> is bytes from the start of the data area; it fits 44 bits
 * and is a multiple of 16 for an object. Nothing here depends on where the area is mapped.
 *
 * <p><b>Who may call.</b> heap and engine.
 */
package org.offheapstm.internal.layout;
