/*
 * The connections that a worker accepted, kept beside it so that they outlive it. The worker says on a socket of packets
 * what is to be kept:
 *
 *   1 byte, with a descriptor       this connection
 *   4 bytes, a slot                 belongs into that slot; behind each descriptor
 *   4 bytes, the complement of one  is to be forgotten
 *
 * and writes into a piece of memory, one entry a slot, how far it is with each. The next worker inherits both, and is told
 * SLOT:DESCRIPTOR:READ for each connection: how many bytes were read from it so far, -1 where the kernel does not say.
 */
#ifndef CONNECTIONS_H
#define CONNECTIONS_H

/* Makes socket and memory and announces the worker's side of them. Without them nothing is kept. */
void connections_open(void);

/* Takes what the worker has said so far. To be called at SIGIO, and when the worker is dead. */
void connections_take(void);

/* Tells the next worker what was kept. */
void connections_announce(void);

/* Forgets all: from now on a connection ends with its worker. */
void connections_close(void);

#endif
