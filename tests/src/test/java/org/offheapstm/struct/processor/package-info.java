/** The annotation processor, run by javac as users run it. */
package org.offheapstm.struct.processor;
