/* A port that is held from the start of the container to the order to end, whichever worker accepts from it. */
#ifndef LISTENER_H
#define LISTENER_H

struct listener {
    int descriptor;
};

/*
 * Listens on the port that a variable names, and announces the socket in another one. What cannot be listened on is not
 * announced: then the worker tries itself, and is the one to say in its log what is wrong.
 */
struct listener listener_open(const char *port_variable, int otherwise, const char *announced_as);

void listener_close(struct listener *listener);

#endif
