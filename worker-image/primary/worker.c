#define _GNU_SOURCE
#include "worker.h"
#include "environment.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Those of a shell. */
enum { NOT_EXECUTABLE = 126, NOT_FOUND = 127 };

static void fail(const char *what) {
    int code = errno == ENOENT ? NOT_FOUND : NOT_EXECUTABLE;
    perror(what);
    exit(code);
}

static void become(char **command, const sigset_t *signals, int ready_pipe) {
    /* A group of its own, so that what it starts can be ended with it. */
    setpgid(0, 0);
    fcntl(ready_pipe, F_SETFD, 0);
    environment_set(ENVIRONMENT_READY_PIPE, ready_pipe);
    sigprocmask(SIG_SETMASK, signals, NULL);
    execvp(command[0], command);
    fail(command[0]);
}

struct worker worker_start(char **command, const sigset_t *signals) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) {
        fail("pipe");
    }
    pid_t pid = fork();
    if (pid < 0) {
        fail("fork");
    }
    if (pid == 0) {
        become(command, signals, ends[1]);
    }
    /* Here too: whichever of the two is first, the group is there before anything is sent to it. */
    setpgid(pid, pid);
    close(ends[1]);
    return (struct worker) {pid, ends[0]};
}

bool worker_was_ready(struct worker *worker) {
    char byte;
    bool ready = read(worker->ready_pipe, &byte, 1) == 1;
    close(worker->ready_pipe);
    return ready;
}
