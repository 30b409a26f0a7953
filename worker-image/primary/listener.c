#define _GNU_SOURCE
#include "listener.h"
#include "environment.h"
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* Connections that wait while no worker lives; the same number as the worker asks for where it listens itself. */
enum { BACKLOG = 1024 };

static int listen_on(const struct sockaddr *address, socklen_t size) {
    int on = 1, off = 0;
    /* Not closed at exec: the worker inherits it. Not blocking: the worker's event loop goes by that. */
    int descriptor = socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (descriptor < 0) {
        return -1;
    }
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (address->sa_family == AF_INET6) {
        setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    }
    if (bind(descriptor, address, size) != 0 || listen(descriptor, BACKLOG) != 0) {
        close(descriptor);
        return -1;
    }
    return descriptor;
}

/* On all addresses of both kinds; on those of the old kind where the kernel has no other. */
static int listen_everywhere(int port) {
    struct sockaddr_in6 both = {.sin6_family = AF_INET6, .sin6_port = htons((in_port_t) port), .sin6_addr = in6addr_any};
    int descriptor = listen_on((const struct sockaddr *) &both, sizeof both);
    if (descriptor >= 0) {
        return descriptor;
    }
    struct sockaddr_in old = {.sin_family = AF_INET, .sin_port = htons((in_port_t) port)};
    return listen_on((const struct sockaddr *) &old, sizeof old);
}

static int port(const char *variable, int otherwise) {
    const char *text = getenv(variable);
    if (text == NULL || *text == '\0') {
        return otherwise;
    }
    char *end;
    long number = strtol(text, &end, 10);
    return *end == '\0' && number >= 0 && number <= 65535 ? (int) number : -1;
}

struct listener listener_open(const char *port_variable, int otherwise, const char *announced_as) {
    int number = port(port_variable, otherwise);
    struct listener listener = {number < 0 ? -1 : listen_everywhere(number)};
    unsetenv(announced_as);
    if (listener.descriptor >= 0) {
        environment_set(announced_as, listener.descriptor);
    }
    return listener;
}

void listener_close(struct listener *listener) {
    if (listener->descriptor >= 0) {
        close(listener->descriptor);
        listener->descriptor = -1;
    }
}
