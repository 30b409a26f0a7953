package dev.workerpool.operator.status;

import dev.workerpool.api.v1alpha1.LastDeath;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The end of one worker that was not asked to leave.
 *
 * @param pod the replica
 * @param restart restarts before it, from 0: of the container, or within it when that went on
 * @param exitCode empty when the node did not tell, as for an evicted pod
 * @param reason the node's word for it, such as {@value #OUT_OF_MEMORY}
 * @param lastWords the end of what the worker wrote, at most {@value #MAX_WORDS} characters; empty when it wrote nothing
 * @param executing task types that were running, one for each thread that ran one; empty also when nobody knows
 */
public record Death(
        String pod,
        String podUid,
        int restart,
        Optional<Integer> exitCode,
        String reason,
        String lastWords,
        Instant at,
        List<String> executing) {

    static final int MAX_WORDS = 2048;

    static final String OUT_OF_MEMORY = "OOMKilled";

    private static final String KILL = "SIGKILL";

    /**
     * What the worker's own exit codes mean. It says so in its log too, but the node passes that on only when the container
     * left no message, and the worker leaves one: what its threads were executing.
     */
    private static final Map<Integer, String> MEANINGS =
            Map.of(3, "its heap was full", 70, "too many threads were lost to runs that do not stop");

    public Death {
        lastWords = end(lastWords.strip());
    }

    Death(
            String pod,
            String podUid,
            int restart,
            Optional<Integer> exitCode,
            String reason,
            LastMoment moment,
            Instant at) {
        this(pod, podUid, restart, exitCode, reason, moment.words(), at, moment.executing());
    }

    static Death of(String pod, String podUid, int restart, ContainerStateTerminated terminated) {
        return new Death(
                pod,
                podUid,
                restart,
                Optional.ofNullable(terminated.getExitCode()),
                terminated.getReason() == null ? "Unknown" : terminated.getReason(),
                LastMoment.in(terminated.getMessage() == null ? "" : terminated.getMessage()),
                terminated.getFinishedAt() == null ? Instant.EPOCH : Instant.parse(terminated.getFinishedAt()));
    }

    public Optional<String> signal() {
        return exitCode.flatMap(Signals::ofExitCode);
    }

    /**
     * Whether a task can have brought it about. Nothing in a worker sends it a SIGKILL: where the kernel did not, for want of
     * memory, it came from outside.
     */
    public boolean mayBeOfATask() {
        return !signal().filter(KILL::equals).isPresent() || reason.equals(OUT_OF_MEMORY);
    }

    /** What ended the worker, for people: {@code SIGKILL (exit code 137), OOMKilled}. */
    public String cause() {
        String how = exitCode.map(code -> signal().map(signal -> signal + " (exit code " + code + ")")
                        .orElse("exit code " + code))
                .orElse("no exit code");
        String meaning = exitCode.map(MEANINGS::get).map(what -> ", " + what).orElse("");
        return how + ", " + reason + meaning;
    }

    LastDeath toStatus() {
        return new LastDeath(
                pod,
                exitCode.orElse(null),
                signal().orElse(null),
                reason,
                lastWords.isEmpty() ? exitCode.map(MEANINGS::get).orElse(null) : lastWords,
                at.truncatedTo(ChronoUnit.SECONDS).toString());
    }

    /** The end of a text tells what it came to; its beginning is cut off, never in the middle of a character. */
    private static String end(String text) {
        if (text.length() <= MAX_WORDS) {
            return text;
        }
        String end = text.substring(text.length() - MAX_WORDS);
        return Character.isLowSurrogate(end.charAt(0)) ? end.substring(1) : end;
    }
}
