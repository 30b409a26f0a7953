/** The rows of the table, each with how it is measured. */
package dev.workerpool.bench.rows;
