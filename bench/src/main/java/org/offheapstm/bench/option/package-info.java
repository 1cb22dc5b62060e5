/**
 * What all commands do with their options before anything is measured: refuse the senseless ones
 * and tell the version.
 */
package org.offheapstm.bench.option;
