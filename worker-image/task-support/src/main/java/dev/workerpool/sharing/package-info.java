/** What the runs of one task jar on one replica have in common: resources made once, memory, and the newest config. */
package dev.workerpool.sharing;
