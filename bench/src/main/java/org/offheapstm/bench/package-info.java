/**
 * The room that measures. {@code Main} starts it; the packages below are
 *
 * <ul>
 *   <li>{@code contender}: who is compared; one class per contender and kind of data, four
 *       operations each.
 *   <li>{@code workload}: what is compared; one loop per workload, the same for every contender.
 *   <li>{@code run}: everything for everyone, under JMH: a table and JSON.
 *   <li>{@code gate}: the bars, paired and interleaved: a line for each.
 *   <li>{@code htm}: what the machine has of hardware transactions, and these against software
 *       transactions: a page, JSON, plots.
 *   <li>{@code child}: the JVMs in which the gates and the reverse-order pairs are measured.
 *   <li>{@code report}: statistics, the machine's description, JSON, plots.
 *   <li>{@code option}: what the commands refuse before they begin.
 * </ul>
 *
 * <p>Two rules make a comparison fair. A JVM measures one contender only, so none is compiled worse
 * because another was there before. And all that is not the contender's doing lies outside its
 * operations: the loop is shared, the objects to visit are drawn beforehand, in the same order for
 * all.
 *
 * <p>It may use everything and is used by nobody. The engine is reached through its exported
 * packages only, as a user would.
 */
package org.offheapstm.bench;
