package dev.workerpool.worker.control;

import dev.workerpool.worker.control.ControlRefusedException.Reason;
import dev.workerpool.worker.pool.LiveSettings;
import dev.workerpool.worker.pool.TaskPool;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;

/**
 * How the operator changes a worker that runs. Takes a message whole or not at all: who sent it is verified first, then what
 * it says, and only then anything is changed. Thread-safe; one message at a time.
 */
public final class ControlChannel {
    private static final Logger LOG = System.getLogger(ControlChannel.class.getName());

    private final ControlSettings settings;
    private final TaskPool pool;
    private final Map<String, MessageSection> sections;
    private final SettingsMemory memory;
    private final InstantSource clock;
    private final Instant startedAt;
    private final Counter refused;
    private TokenVerifier verifier;

    /** By this worker and those before it in the container. */
    private TakenTokens taken = TakenTokens.NONE;

    /** The last message that was put in force; empty when there was none. */
    private ByteBuffer last = ByteBuffer.allocate(0);

    /** @param sections fields of messages beyond those of the pool, by name */
    public ControlChannel(
            ControlSettings settings,
            TaskPool pool,
            Map<String, MessageSection> sections,
            SettingsMemory memory,
            PrometheusRegistry registry,
            InstantSource clock) {
        this.settings = settings;
        this.pool = pool;
        this.sections = Map.copyOf(sections);
        this.memory = memory;
        this.clock = clock;
        this.startedAt = clock.instant();
        this.refused = Counter.builder()
                .name("workerpool_control_refused_total")
                .help("Control messages refused because of their sender or their token, by reason")
                .labelNames("reason")
                .register(registry);
        for (Reason reason : Reason.values()) {
            refused.initLabelValues(reason.label());
        }
    }

    /** What a glance at the head of a message tells. @param token null when there is none */
    public void glance(String token) throws ControlRefusedException {
        if (settings.keys().isEmpty()) {
            throw counted(new ControlRefusedException(Reason.NO_KEY));
        }
        if (token == null) {
            throw counted(new ControlRefusedException(Reason.NO_TOKEN));
        }
    }

    /** Has ready what the first message would otherwise wait for, a tenth of a second or more. Not needed without a key. */
    public synchronized void rehearse() {
        if (!settings.keys().isEmpty()) {
            Rehearsal.of(pool.live());
        }
    }

    /**
     * Puts in force what the worker before this one in the container was told last, if there was one and it was told anything.
     * That one verified it.
     */
    public synchronized void recall() {
        memory.recall().ifPresent(kept -> {
            taken = kept.taken();
            last = kept.message();
            try {
                if (last.hasRemaining()) {
                    apply(last);
                }
            } catch (InvalidMessageException | StaleGenerationException e) {
                LOG.log(Level.INFO, "What the worker before was told last is left out: {0}", e.getMessage());
            }
        });
    }

    /**
     * Puts the settings of a message in force. Takes a moment.
     *
     * @param body the message; JSON in an array
     * @return what is in force
     */
    public synchronized LiveSettings change(String token, ByteBuffer body)
            throws ControlRefusedException, InvalidMessageException, StaleGenerationException {
        glance(token);
        try {
            taken = taken.with(verifier().verify(token, body));
        } catch (ControlRefusedException e) {
            throw counted(e);
        }
        // Before anything of it is in force: however this worker ends, the next one does not take it a second time.
        memory.keep(new SettingsMemory.Kept(taken, last));
        LiveSettings after = apply(body);
        last = body;
        memory.keep(new SettingsMemory.Kept(taken, last));
        return after;
    }

    /** What is in force, in the form in which a message has it; of sections, what they say of themselves. */
    public Map<String, Object> description() {
        Map<String, Object> described = SettingsDescription.of(pool.live());
        sections.forEach((name, section) -> {
            Object inForce = section.inForce();
            if (inForce != null) {
                described.put(name, inForce);
            }
        });
        return described;
    }

    private LiveSettings apply(ByteBuffer body) throws InvalidMessageException, StaleGenerationException {
        LiveSettings before = pool.live();
        var change = SettingsMessage.read(body, before, sections);
        LiveSettings after = change.settings();
        if (after.generation() < before.generation()) {
            throw new StaleGenerationException(after.generation(), before.generation());
        }
        pool.apply(after);
        change.effects().forEach(Runnable::run);
        if (!after.equals(before)) {
            LOG.log(
                    Level.INFO,
                    "Settings of generation {0} are in force: {1} threads",
                    Long.toString(after.generation()),
                    Integer.toString(after.threads()));
        }
        return after;
    }

    private TokenVerifier verifier() {
        if (verifier == null) {
            verifier = new TokenVerifier(settings, startedAt, taken, clock);
        }
        return verifier;
    }

    private ControlRefusedException counted(ControlRefusedException e) {
        refused.labelValues(e.reason().label()).inc();
        return e;
    }
}
