/** What was measured, against what it is held, and the arithmetic between. */
package dev.workerpool.bench.figures;
