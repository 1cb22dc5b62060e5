/** Tests of the project as a whole: its first page, its layers, its style; and what tests share. */
package org.offheapstm.tests;
