/** What the runs of one task jar on one replica have in common: resources made once, and memory. */
package dev.workerpool.sharing;
