package dev.workerpool.worker;

import dev.workerpool.worker.control.Rule;
import dev.workerpool.worker.control.SettingsMemory;
import dev.workerpool.worker.io.Port;
import dev.workerpool.worker.kept.Keeper;
import dev.workerpool.worker.kept.KeptConnections;
import dev.workerpool.worker.pool.PastDeath;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.FileOutputStream;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a worker has from the primary that forked it, and that holds its ports: with the workers that died before. One that
 * was started without a primary has none of it.
 *
 * @param readyPipe the descriptor of the pipe at whose other end the primary learns that this worker takes tasks
 * @param memory what the last worker was told by the operator
 * @param keeper of connections that are to outlive this worker
 * @param lastMessage how much of the termination log is the primary's, from its beginning
 * @param deaths the last ones, oldest first
 */
record Inheritance(
        OptionalInt readyPipe,
        SettingsMemory memory,
        Optional<Keeper> keeper,
        int lastMessage,
        List<PastDeath> deaths) {
    private static final Logger LOG = System.getLogger(Inheritance.class.getName());
    private static final Rule<List<Keeper.Connection>> KEPT =
            new Rule<>("must be a list of the primary", Keeper::parse);
    private static final Rule<List<PastDeath>> DEATHS = new Rule<>("must be lines of the primary", PastDeath::parse);

    static Inheritance in(Environment environment) {
        return new Inheritance(
                descriptor(environment, "WORKERPOOL_READY_PIPE"),
                memory(descriptor(environment, "WORKERPOOL_SETTINGS_MEMORY")),
                keeper(environment),
                environment.raw("WORKERPOOL_DEATHS").length(),
                environment.read("WORKERPOOL_DEATHS", List.of(), DEATHS));
    }

    static Port port(Environment environment, String number, int otherwise, String listener) {
        return new Port(environment.number(number, otherwise, 0, 65_535), descriptor(environment, listener));
    }

    private static OptionalInt descriptor(Environment environment, String variable) {
        int descriptor = environment.number(variable, -1, 0, Integer.MAX_VALUE);
        return descriptor < 0 ? OptionalInt.empty() : OptionalInt.of(descriptor);
    }

    private static SettingsMemory memory(OptionalInt descriptor) {
        return descriptor.isEmpty() ? SettingsMemory.NONE : SettingsMemory.in(path(descriptor.getAsInt()));
    }

    private static Optional<Keeper> keeper(Environment environment) {
        OptionalInt socket = descriptor(environment, "WORKERPOOL_CONNECTIONS");
        OptionalInt table = descriptor(environment, "WORKERPOOL_CONNECTION_TABLE");
        List<Keeper.Connection> left = environment.read("WORKERPOOL_KEPT_CONNECTIONS", List.of(), KEPT);
        return socket.isEmpty() || table.isEmpty()
                ? Optional.empty()
                : Optional.of(new Keeper(socket.getAsInt(), path(table.getAsInt()), left));
    }

    /** Java has no other way to a descriptor that it did not open. */
    private static Path path(int descriptor) {
        return Path.of("/proc/self/fd/" + descriptor);
    }

    /** Of the worker before this one; 0 when there was none. */
    int exitCode() {
        return deaths.isEmpty() ? 0 : deaths.getLast().exitCode();
    }

    int restarts() {
        return deaths.isEmpty() ? 0 : deaths.getLast().number();
    }

    /**
     * Takes over the connections of the worker before this one, and counts in the metrics what there was to take over.
     *
     * @param keeps false where connections end with their process: what was agreed on for TLS is nowhere else
     */
    KeptConnections connections(boolean keeps, PrometheusRegistry metrics) {
        Counter.builder()
                .name("workerpool_restarts_total")
                .help("Workers that died in this container before this one")
                .register(metrics)
                .inc(restarts());
        Counter inherited = Counter.builder()
                .name("workerpool_connections_inherited_total")
                .help("Connections of the worker that died before this one, by what became of their request")
                .labelNames("request")
                .register(metrics);
        KeptConnections kept = KeptConnections.open(keeps ? keeper : Optional.empty());
        kept.inherited()
                .forEach(one -> inherited.labelValues(one.left().label()).inc());
        return kept;
    }

    /** From now on the primary forks another worker should this one die. */
    void tellReady() {
        if (readyPipe.isEmpty()) {
            return;
        }
        try (var pipe = new FileOutputStream(path(readyPipe.getAsInt()).toFile())) {
            pipe.write('R');
        } catch (IOException e) {
            LOG.log(Level.WARNING, "The primary does not learn that this worker is ready: {0}", e.toString());
        }
    }
}
