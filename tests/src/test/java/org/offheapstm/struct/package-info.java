/** Typed structs: layouts, handles, views, and what the compiler refuses. */
package org.offheapstm.struct;
