/** Tests of the project as a whole: its first page, its layers, its style. */
package org.offheapstm.tests;
