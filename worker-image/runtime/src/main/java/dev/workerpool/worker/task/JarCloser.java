package dev.workerpool.worker.task;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Closes jars, and with them their shared resources, whose code is the user's and may take for ever: each on a thread of its
 * own, which no worker thread and no exit waits for beyond its patience.
 */
final class JarCloser {
    private static final Logger LOG = System.getLogger(JarCloser.class.getName());

    private final Set<Thread> closing = ConcurrentHashMap.newKeySet();

    void close(TaskJar jar) {
        Thread thread = Thread.ofPlatform()
                .name("closing-" + jar.name())
                .daemon()
                .inheritInheritableThreadLocals(false)
                .unstarted(() -> {
                    Thread.currentThread().setContextClassLoader(jar.loader());
                    try {
                        jar.close();
                    } catch (IOException | RuntimeException e) {
                        LOG.log(Level.WARNING, "Jar " + jar.name() + " cannot be closed", e);
                    } finally {
                        closing.remove(Thread.currentThread());
                    }
                });
        closing.add(thread);
        thread.start();
    }

    /** Waits for all that are being closed. */
    void await(Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        for (Thread thread : closing) {
            if (!thread.join(Duration.ofNanos(Math.max(0, end - System.nanoTime())))) {
                LOG.log(Level.WARNING, "Not waited for: {0} takes longer than {1}", thread.getName(), patience);
            }
        }
    }
}
