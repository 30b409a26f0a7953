/** What is measured inside a JVM of its own, by JMH. */
package dev.workerpool.bench.jmh;
