/** What the maps and the counter promise, tried in their own package and through transactions. */
package org.offheapstm.collection;
