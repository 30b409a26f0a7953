#define _GNU_SOURCE
#include "deaths.h"
#include "environment.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* So many workers may be forked again in a row, and one more each minute: the operator's measure for whole replicas too. */
enum { BUDGET = 10, REFILL_SECONDS = 60 };

/* Of the 4096 bytes that the platform reads, half at most: the rest is for what the present worker's threads execute. */
enum { MESSAGE = 4096, KEPT = 10, LINE = 200 };

static const char EXECUTING[] = "executing ";

static int number;
static char lines[KEPT][LINE + 1];
/* How much of the last message is ours. */
static size_t told;

static bool take_from_budget(void) {
    static int left = BUDGET;
    static time_t counted;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (left == BUDGET) {
        /* A full one gathers nothing: the next minute counts from when one is taken. */
        counted = now.tv_sec;
    }
    while (left < BUDGET && now.tv_sec - counted >= REFILL_SECONDS) {
        left++;
        counted = left == BUDGET ? now.tv_sec : counted + REFILL_SECONDS;
    }
    return left > 0 && left-- > 0;
}

static const char *last_message_file(void) {
    const char *path = getenv("WORKERPOOL_TERMINATION_LOG");
    return path != NULL && *path != '\0' ? path : "/dev/termination-log";
}

/* What the worker wrote behind what is ours. */
static size_t read_last_message(char *text) {
    int file = open(last_message_file(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0) {
        return 0;
    }
    ssize_t length = pread(file, text, MESSAGE, (off_t) told);
    close(file);
    return length < 0 ? 0 : (size_t) length;
}

/* Adds a type to each line that has room; a worker of many threads does not get more than one. */
static void add_executing(char *line) {
    char text[MESSAGE + 1];
    text[read_last_message(text)] = '\0';
    char *rest = NULL;
    for (char *found = strtok_r(text, "\n", &rest); found != NULL; found = strtok_r(NULL, "\n", &rest)) {
        if (strncmp(found, EXECUTING, sizeof EXECUTING - 1) != 0) {
            continue;
        }
        char *type = found + sizeof EXECUTING - 1;
        type[strcspn(type, " ")] = '\0';
        if (strlen(line) + 1 + strlen(type) < LINE) {
            strcat(strcat(line, " "), type);
        }
    }
}

static void describe(char *line, int exit_code, const char *cause) {
    struct timespec now;
    struct tm parts;
    char seconds[32];
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &parts);
    strftime(seconds, sizeof seconds, "%Y-%m-%dT%H:%M:%S", &parts);
    snprintf(line, LINE, "died %d %d %s %s.%03ldZ", number, exit_code, cause, seconds, now.tv_nsec / 1000000);
    add_executing(line);
    strcat(line, "\n");
}

/* Best effort, as all that is written there: a container may run where nobody reads a last message. */
static void write_last_message(const char *text) {
    struct stat about;
    if (stat(last_message_file(), &about) != 0 || !S_ISREG(about.st_mode)) {
        return;
    }
    int file = open(last_message_file(), O_WRONLY | O_TRUNC | O_CLOEXEC);
    if (file < 0) {
        return;
    }
    if (write(file, text, strlen(text)) < 0) {
        perror(last_message_file());
    }
    close(file);
}

bool deaths_note(int exit_code, const char *cause) {
    if (!take_from_budget()) {
        return false;
    }
    number++;
    describe(lines[(number - 1) % KEPT], exit_code, cause);
    char all[KEPT * LINE + 1] = "";
    for (int death = number > KEPT ? number - KEPT : 0; death < number; death++) {
        strcat(all, lines[death % KEPT]);
    }
    setenv(ENVIRONMENT_DEATHS, all, 1);
    write_last_message(all);
    told = strlen(all);
    return true;
}
