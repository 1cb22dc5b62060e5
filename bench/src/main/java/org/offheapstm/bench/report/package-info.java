/** What results are made of, on the screen and in files. */
package org.offheapstm.bench.report;
