/*
 * How the workers of this container died, and how many more may. The last ones are told to the next worker by its
 * environment, and to the platform at the beginning of the container's last message, which it reads when the container
 * ends, however it ends. A line for each:
 *
 *   died NUMBER EXIT_CODE CAUSE TIME TYPE…
 *
 * with the number of the death from 1, 128 plus the signal as the exit code of one that was killed, what ended it, the time by
 * RFC 3339, and the task types that its threads were executing, as the worker itself left them in the last message. The cause
 * is "exit" (by itself), "signal", or "oom": a signal too, of the kernel that was out of memory.
 */
#ifndef DEATHS_H
#define DEATHS_H

#include <stdbool.h>

/* Notes the death of a worker that was Ready. Returns whether the budget has another one. */
bool deaths_note(int exit_code, const char *cause);

#endif
