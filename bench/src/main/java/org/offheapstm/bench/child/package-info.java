/**
 * JVMs that measure one contender on request, and the handles ({@code Side}, {@code Pairs}) by
 * which another JVM asks. Nothing in here compares.
 */
package org.offheapstm.bench.child;
