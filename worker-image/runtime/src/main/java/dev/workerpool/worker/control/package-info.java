/**
 * Settings: what their values may be, wherever they come from, and the signed messages by which they change while the worker
 * runs. Knows the pool they are for, and nothing of HTTP.
 */
package dev.workerpool.worker.control;
