/**
 * What is compared. {@code Workload} lists it; each {@code ...Loop} says what its time means, and
 * what it does not.
 */
package org.offheapstm.bench.workload;
