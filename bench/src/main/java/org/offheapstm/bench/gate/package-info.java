/** The bars, each with its value: {@code java -jar benchmarks.jar gates}. */
package org.offheapstm.bench.gate;
