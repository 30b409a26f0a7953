package dev.workerpool.worker.task;

import java.util.List;

/**
 * What became of a jar that was found.
 *
 * @param tasks the types it brought; empty when it failed
 * @param reason why it failed, else null
 */
public record Artifact(String jar, State state, List<String> tasks, String reason) {
    /** As it is written in {@code /status}. */
    public enum State {
        LOADED("Loaded"),
        FAILED("Failed");

        private final String text;

        State(String text) {
            this.text = text;
        }

        public String text() {
            return text;
        }
    }

    static Artifact loaded(String jar, List<String> tasks) {
        return new Artifact(jar, State.LOADED, tasks, null);
    }

    static Artifact failed(String jar, String reason) {
        return new Artifact(jar, State.FAILED, List.of(), reason);
    }
}
