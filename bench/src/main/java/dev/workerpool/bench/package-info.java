/** The worker beside Node and beside its own limits. README.md in bench/ says what is measured and why so. */
package dev.workerpool.bench;
