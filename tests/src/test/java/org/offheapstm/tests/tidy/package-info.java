/**
 * Style and structure, held by tests instead of reviewers: what the module exports, which room may
 * import which, and how a source file looks. A failing test names the cure.
 */
package org.offheapstm.tests.tidy;
