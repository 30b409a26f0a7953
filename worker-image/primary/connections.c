#define _GNU_SOURCE
#include "connections.h"
#include "environment.h"
#include <fcntl.h>
#include <linux/sockios.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SLOTS = 1024, ENTRY = sizeof "1023:2147483647:9223372036854775807:9223372036854775807 " };

static int ours = -1;
static int workers = -1;
/* What the worker writes about each, which only the next one reads. */
static int table = -1;
/* What was received and has no slot yet. */
static int nameless = -1;
static int slots[SLOTS];
/* Of the slots, so many are used: the next worker inherits them all, and needs descriptors of its own. */
static int usable = SLOTS;

static void forget(int *descriptor) {
    if (*descriptor >= 0) {
        close(*descriptor);
        *descriptor = -1;
    }
}

/* SIGIO comes as any other signal does: the loop needs nothing else to wait for. */
static bool signal_arrivals(void) {
    return fcntl(ours, F_SETOWN, getpid()) == 0 && fcntl(ours, F_SETFL, O_NONBLOCK | O_ASYNC) == 0;
}

static void leave_half_of_the_descriptors(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur / 2 < SLOTS) {
        usable = (int) (limit.rlim_cur / 2);
    }
}

void connections_open(void) {
    leave_half_of_the_descriptors();
    for (int i = 0; i < SLOTS; i++) {
        slots[i] = -1;
    }
    unsetenv(ENVIRONMENT_CONNECTIONS);
    unsetenv(ENVIRONMENT_CONNECTION_TABLE);
    unsetenv(ENVIRONMENT_KEPT_CONNECTIONS);
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, ends) != 0) {
        return;
    }
    ours = ends[0];
    workers = ends[1];
    table = memfd_create("connections", 0);
    fcntl(ours, F_SETFD, FD_CLOEXEC);
    if (table >= 0 && signal_arrivals()) {
        environment_set(ENVIRONMENT_CONNECTIONS, workers);
        environment_set(ENVIRONMENT_CONNECTION_TABLE, table);
    } else {
        connections_close();
    }
}

static void obey(int32_t order) {
    int32_t slot = order < 0 ? ~order : order;
    if (slot < usable) {
        forget(&slots[slot]);
        if (order >= 0) {
            slots[slot] = nameless;
            nameless = -1;
        }
    }
    /* Without a place it is not kept. */
    forget(&nameless);
}

static void receive(struct msghdr *message, int32_t order, ssize_t length) {
    struct cmsghdr *control = CMSG_FIRSTHDR(message);
    if (control != NULL && control->cmsg_type == SCM_RIGHTS && control->cmsg_len == CMSG_LEN(sizeof(int))) {
        forget(&nameless);
        memcpy(&nameless, CMSG_DATA(control), sizeof nameless);
    } else if (length == sizeof order) {
        obey(order);
    }
}

void connections_take(void) {
    while (ours >= 0) {
        int32_t order = 0;
        union {
            char space[CMSG_SPACE(sizeof(int))];
            struct cmsghdr aligned;
        } control;
        struct iovec text = {&order, sizeof order};
        struct msghdr message = {
            .msg_iov = &text, .msg_iovlen = 1, .msg_control = control.space, .msg_controllen = sizeof control.space};
        ssize_t length = recvmsg(ours, &message, 0);
        if (length <= 0) {
            return;
        }
        receive(&message, order, length);
    }
}

/* What the kernel knows, if it knows as much as the first so many bytes. */
static bool tcp_info_of(int connection, struct tcp_info *info, size_t needed) {
    socklen_t size = sizeof *info;
    return getsockopt(connection, IPPROTO_TCP, TCP_INFO, info, &size) == 0 && size >= needed;
}

/* What the worker read may be more than it got to write down. What came in order, less what nobody has read yet. */
static long long bytes_read(int connection) {
    struct tcp_info info = {0};
    int unread;
    if (!tcp_info_of(connection, &info, offsetof(struct tcp_info, tcpi_bytes_received) + sizeof info.tcpi_bytes_received)
        || ioctl(connection, FIONREAD, &unread) != 0) {
        return -1;
    }
    return (long long) info.tcpi_bytes_received - unread;
}

static long long bytes_acknowledged(int connection) {
    struct tcp_info info = {0};
    return tcp_info_of(connection, &info, offsetof(struct tcp_info, tcpi_bytes_acked) + sizeof info.tcpi_bytes_acked)
               ? (long long) info.tcpi_bytes_acked
               : -1;
}

/* What the kernel took to send: what has arrived, and what is on its way. What arrives between the two questions would be
 * in neither answer. */
static long long bytes_sent(int connection) {
    for (int tries = 0; tries < 8; tries++) {
        int on_their_way;
        long long acknowledged = bytes_acknowledged(connection);
        if (acknowledged < 0 || ioctl(connection, SIOCOUTQ, &on_their_way) != 0) {
            return -1;
        }
        if (bytes_acknowledged(connection) == acknowledged) {
            return acknowledged + on_their_way;
        }
    }
    return -1;
}

void connections_announce(void) {
    static char all[SLOTS * ENTRY];
    all[0] = '\0';
    size_t length = 0;
    forget(&nameless); /* Its worker died before it said where it belongs. */
    for (int slot = 0; slot < SLOTS; slot++) {
        if (slots[slot] >= 0) {
            length += (size_t) snprintf(all + length, sizeof all - length, "%d:%d:%lld:%lld ", slot, slots[slot],
                                       bytes_read(slots[slot]), bytes_sent(slots[slot]));
        }
    }
    setenv(ENVIRONMENT_KEPT_CONNECTIONS, all, 1);
}

void connections_close(void) {
    forget(&ours);
    forget(&workers);
    forget(&table);
    forget(&nameless);
    for (int slot = 0; slot < SLOTS; slot++) {
        forget(&slots[slot]);
    }
}
