/*
 * Process 1 of a replica: holds its ports, runs the worker, and runs another one when it dies. README.md says why.
 *
 *   primary COMMAND ARGUMENT…
 */
#define _GNU_SOURCE
#include "connections.h"
#include "deaths.h"
#include "environment.h"
#include "listener.h"
#include "oom.h"
#include "worker.h"
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* One thread and no handlers: signals stay blocked and are taken one by one, so nothing is ever interrupted. */
static sigset_t take_over_signals(sigset_t *before) {
    static const int own_faults[] = {SIGFPE, SIGILL, SIGSEGV, SIGBUS, SIGABRT, SIGTRAP, SIGSYS};
    sigset_t all;
    sigfillset(&all);
    for (size_t i = 0; i < sizeof own_faults / sizeof *own_faults; i++) {
        sigdelset(&all, own_faults[i]);
    }
    sigprocmask(SIG_SETMASK, &all, before);
    return all;
}

static bool tells_to_end(int signal) {
    return signal == SIGTERM || signal == SIGINT || signal == SIGHUP;
}

/* A soft limit of 1,024 is common, and a descriptor is kept of each connection. The JVM does the same for itself. */
static void raise_descriptor_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

/* Whatever the dead worker started would run on beside the next one, as it would not after the end of a container. */
static void end_orphans(const struct worker *worker) {
    kill(-worker->pid, SIGKILL);
    if (getpid() == 1) {
        kill(-1, SIGKILL);
    }
}

/* Not a file: the container may have no place to write, and what the operator said is nobody else's business. */
static void announce_memory(void) {
    int descriptor = memfd_create("settings", 0);
    unsetenv(ENVIRONMENT_SETTINGS_MEMORY);
    if (descriptor >= 0) {
        environment_set(ENVIRONMENT_SETTINGS_MEMORY, descriptor);
    }
}

/* Takes the ends of all children, adopted ones too. Returns whether the worker's was among them. */
static bool reap(const struct worker *worker, int *status) {
    bool ended = false;
    int other;
    for (pid_t pid; (pid = waitpid(-1, &other, WNOHANG)) > 0;) {
        if (pid == worker->pid) {
            *status = other;
            ended = true;
        }
    }
    return ended;
}

static int exit_code_of(int status) {
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static const char *cause_of(int status) {
    bool struck = oom_struck();
    if (!WIFSIGNALED(status)) {
        return "exit";
    }
    return WTERMSIG(status) == SIGKILL && struck ? "oom" : "signal";
}

int main(int count, char **command) {
    if (count < 2) {
        fputs("Usage: primary COMMAND ARGUMENT…\n", stderr);
        return 2;
    }
    raise_descriptor_limit();
    sigset_t before;
    sigset_t all = take_over_signals(&before);
    /* Beside other containers' processes it is not process 1, and yet the one to take in orphans. */
    prctl(PR_SET_CHILD_SUBREAPER, 1);

    struct listener tasks = listener_open("WORKERPOOL_PORT", 8000, ENVIRONMENT_LISTENER);
    struct listener management = listener_open("WORKERPOOL_MANAGEMENT_PORT", 9000, ENVIRONMENT_MANAGEMENT_LISTENER);
    announce_memory();
    connections_open();
    oom_struck();
    struct worker worker = worker_start(command + 1, &before);
    bool ending = false;
    for (;;) {
        int signal = sigwaitinfo(&all, NULL);
        if (signal == SIGCHLD) {
            int status;
            if (!reap(&worker, &status)) {
                continue;
            }
            end_orphans(&worker);
            int exit_code = exit_code_of(status);
            if (ending || exit_code == 0 || !worker_was_ready(&worker) || !deaths_note(exit_code, cause_of(status))) {
                return exit_code;
            }
            connections_take();
            connections_announce();
            worker = worker_start(command + 1, &before);
        } else if (signal == SIGIO) {
            connections_take();
        } else if (signal > 0) {
            if (tells_to_end(signal) && !ending) {
                ending = true;
                /* From now on the worker alone decides how long the ports are listened on. */
                listener_close(&tasks);
                listener_close(&management);
                connections_close();
            }
            kill(worker.pid, signal);
        }
    }
}
