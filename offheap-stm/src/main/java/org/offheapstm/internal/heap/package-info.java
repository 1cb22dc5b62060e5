/**
 * Who gets which part of a region.
 *
 * <p><b>Layers.</b> {@link org.offheapstm.internal.heap.Region} hands out <em>runs</em> of 64 KiB
 * by compare-and-set on the entries of its run table. {@link org.offheapstm.internal.heap.Nursery},
 * one per slot, cuts the runs it has claimed into blocks of one type and size, and keeps the blocks
 * that its slot has freed. {@link org.offheapstm.internal.heap.Surplus} moves freed blocks from
 * slots that have too many to slots that need some. {@link org.offheapstm.internal.heap.ImageArea},
 * one per slot, holds the private copies that an attempt writes. {@link
 * org.offheapstm.internal.heap.History}, one per slot, holds what its commits have replaced, while
 * a snapshot may need it.
 *
 * <p><b>Invariants.</b> (1) Memory is type-stable while anybody may look: a stale reader finds a
 * header where it expects one, and its version or its generation tells. Runs are given to another
 * use, those of a large array and those in which no object is left, but first their entry is taken
 * away, and then every attempt that may have seen it ends; generations go on where they were. (2) A
 * block outside a live object carries FREED. (3) Each hand-out of a block bumps its generation,
 * also if the attempt aborts later; a block whose generations are used up is retired. (4) A slot's
 * nursery and image area are touched by the attempt that leases the slot, or by who keeps all
 * attempts from beginning while none runs there.
 *
 * <p><b>Full.</b> Every shortage is a {@code RegionFullException} before anything was changed.
 *
 * <p><b>Who may call.</b> engine.
 */
package org.offheapstm.internal.heap;
