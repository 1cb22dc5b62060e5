/** The tests' own version of the seam, which stands before the shipped one on the class path. */
package org.offheapstm.internal.memory;
