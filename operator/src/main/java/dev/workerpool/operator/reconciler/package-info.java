/** Brings a pool from what it is to what it should be, one pass at a time. */
package dev.workerpool.operator.reconciler;
