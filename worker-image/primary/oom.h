/* What the kernel killed in this container for want of memory, the container's own or the node's. */
#ifndef OOM_H
#define OOM_H

#include <stdbool.h>

/* To be asked once at the start, and then at each death: whether there was another one since it was asked last. */
bool oom_struck(void);

#endif
