package dev.workerpool.worker.http;

import dev.workerpool.worker.pool.PastDeath;
import java.util.List;
import java.util.Map;

/** What a worker says of itself. */
public interface WorkerInfo {
    /** Where the worker is in its life. */
    enum State {
        STARTING("Starting"),
        READY("Ready"),
        DRAINING("Draining");

        private final String text;

        State(String text) {
            this.text = text;
        }

        /** As in {@code /status}. */
        public String text() {
            return text;
        }
    }

    String pool();

    String replica();

    String version();

    State state();

    /** By what certificate and tokens tasks are called; empty when anybody may call by plain HTTP. */
    Map<String, Object> access();

    /** Of the workers that were in this container before: the last ones, oldest first. */
    List<PastDeath> deaths();
}
