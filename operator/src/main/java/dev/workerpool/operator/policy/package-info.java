/** What is to be done about what was seen: pure decisions, which know no client and no clock of their own. */
package dev.workerpool.operator.policy;
