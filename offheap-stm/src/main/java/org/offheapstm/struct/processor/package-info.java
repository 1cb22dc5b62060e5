/**
 * The annotation processor behind {@link org.offheapstm.struct.Struct}: reads interfaces, refuses
 * what cannot be a struct with the element marked, writes one class for each. It runs inside the
 * compiler only; offsets are not computed here but by {@link org.offheapstm.struct.Layout}, which
 * the generated class calls again when it is loaded.
 */
package org.offheapstm.struct.processor;
