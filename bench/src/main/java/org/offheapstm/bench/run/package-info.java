/** Every workload for every contender under JMH: {@code java -jar benchmarks.jar run}. */
package org.offheapstm.bench.run;
