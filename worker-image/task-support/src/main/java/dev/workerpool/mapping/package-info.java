/** Between bytes and what tasks take and give. */
package dev.workerpool.mapping;
