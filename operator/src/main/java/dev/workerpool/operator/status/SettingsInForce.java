package dev.workerpool.operator.status;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * Which settings a replica runs, by its own word.
 *
 * @param generation of the pool whose settings they are; 0 for those of an unknown one
 * @param threads as many as it is to have; 0 when it did not say
 * @param missing of these, those that its node refuses it; never more than there are to be, whatever it says; empty when it did
 *     not say
 */
public record SettingsInForce(long generation, int threads, OptionalInt missing) {
    public SettingsInForce {
        if (missing.isPresent()) {
            missing = OptionalInt.of(Math.clamp(missing.getAsInt(), 0, Math.max(0, threads)));
        }
    }

    public SettingsInForce(long generation, int threads) {
        this(generation, threads, OptionalInt.empty());
    }

    public SettingsInForce(long generation, int threads, int missing) {
        this(generation, threads, OptionalInt.of(missing));
    }

    /** Where it does not say how many are missing, they are those of before, if it is to have as many as then. */
    public SettingsInForce after(Optional<SettingsInForce> before) {
        return missing.isPresent()
                ? this
                : new SettingsInForce(
                        generation,
                        threads,
                        before.filter(other -> other.threads == threads)
                                .map(SettingsInForce::lacking)
                                .orElse(0));
    }

    /** Threads that it has. */
    int present() {
        return threads - lacking();
    }

    /** Threads that it is to have and has not, as far as it said. */
    int lacking() {
        return missing.orElse(0);
    }
}
