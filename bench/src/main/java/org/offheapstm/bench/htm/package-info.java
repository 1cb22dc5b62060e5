/**
 * Hardware transactions: what this machine has of them, {@code java -jar benchmarks.jar probe}.
 *
 * <p>This room looks behind the engine's exported packages, at {@code internal.htm}: it is about
 * what users never see.
 */
package org.offheapstm.bench.htm;
