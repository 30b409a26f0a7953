/** The questions of the pool benchmark, each of which stands alone. */
package dev.workerpool.bench.poolrows;
