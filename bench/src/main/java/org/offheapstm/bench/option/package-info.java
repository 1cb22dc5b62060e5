/** What the commands ask of their options before anything is measured. */
package org.offheapstm.bench.option;
