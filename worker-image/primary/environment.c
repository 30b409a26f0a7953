#define _GNU_SOURCE
#include "environment.h"
#include <stdio.h>
#include <stdlib.h>

void environment_set(const char *name, int value) {
    char text[16];
    snprintf(text, sizeof text, "%d", value);
    setenv(name, text, 1);
}
