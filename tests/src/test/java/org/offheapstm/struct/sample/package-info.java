/** Structs as users declare them, in a package of their own as users have. */
package org.offheapstm.struct.sample;
