/* The one child that counts. */
#ifndef WORKER_H
#define WORKER_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

struct worker {
    pid_t pid;
    /* Where it says that it takes tasks. */
    int ready_pipe;
};

/* Forks and executes. Where that is impossible the primary ends, as the container would without one. */
struct worker worker_start(char **command, const sigset_t *signals);

/* Whether a worker that ended had taken tasks; to be asked once. What dies before that would do so again. */
bool worker_was_ready(struct worker *worker);

#endif
