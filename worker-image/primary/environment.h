/* What a worker is told by its primary: its own variables, beside those that the container was given. */
#ifndef ENVIRONMENT_H
#define ENVIRONMENT_H

/* File descriptors of sockets that listen already. */
#define ENVIRONMENT_LISTENER "WORKERPOOL_LISTENER"
#define ENVIRONMENT_MANAGEMENT_LISTENER "WORKERPOOL_MANAGEMENT_LISTENER"

/* File descriptor of a pipe: anything written there says that the worker takes tasks. */
#define ENVIRONMENT_READY_PIPE "WORKERPOOL_READY_PIPE"

/* File descriptor of memory in which each worker keeps what the operator told it, for the next one. Empty at first. */
#define ENVIRONMENT_SETTINGS_MEMORY "WORKERPOOL_SETTINGS_MEMORY"

/* Connections that outlive their worker, see connections.h: file descriptors of the socket and of the memory, and what was kept. */
#define ENVIRONMENT_CONNECTIONS "WORKERPOOL_CONNECTIONS"
#define ENVIRONMENT_CONNECTION_TABLE "WORKERPOOL_CONNECTION_TABLE"
#define ENVIRONMENT_KEPT_CONNECTIONS "WORKERPOOL_KEPT_CONNECTIONS"

/* How the workers before it died, see deaths.h. The termination log begins with the same bytes, and the worker keeps them. */
#define ENVIRONMENT_DEATHS "WORKERPOOL_DEATHS"

/* Sets a variable to a number. */
void environment_set(const char *name, int value);

#endif
