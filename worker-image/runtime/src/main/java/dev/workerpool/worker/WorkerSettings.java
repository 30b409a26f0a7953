package dev.workerpool.worker;

import dev.workerpool.worker.access.AccessSettings;
import dev.workerpool.worker.control.ControlSettings;
import dev.workerpool.worker.control.LiveRules;
import dev.workerpool.worker.control.Rule;
import dev.workerpool.worker.io.Port;
import dev.workerpool.worker.pool.LiveSettings;
import dev.workerpool.worker.pool.PoolSettings;
import dev.workerpool.worker.runs.RetentionSettings;
import dev.workerpool.worker.task.Isolation;
import dev.workerpool.worker.trace.TraceSettings;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** All settings of a worker, from its environment. The README's table says what each is for. */
record WorkerSettings(
        String pool,
        Port port,
        Port managementPort,
        AccessSettings access,
        List<Path> taskFolders,
        Isolation isolation,
        long maxBodySize,
        long sharedMemory,
        Duration drainDelay,
        boolean jsonLog,
        Path terminationLog,
        Inheritance inheritance,
        TraceSettings traces,
        ControlSettings control,
        RetentionSettings runs,
        PoolSettings threads,
        List<String> warnings) {
    /** Code that listens to interrupts ends at once; whoever waits for the thread does not want to wait for other code. */
    private static final Duration PATIENCE = Duration.ofMillis(5);

    /** Task code dies at its next checkpoint, within milliseconds; only the JDK's own and native code takes longer. */
    private static final Duration GRACE = Duration.ofSeconds(1);

    /** Of the heap, for runs that can be asked for: beside the third that bodies may take. */
    private static final int RETENTION_SHARE = 8;

    private static final int MOST_RETAINED = 3;
    private static final int MAX_RETAINED = 10_000;

    private static final String PREFIX = "WORKERPOOL_";
    private static final String TASKS = "/tasks";

    /** Where the image keeps the jars that every worker has. */
    private static final String BUILTIN = "workerpool.builtin";

    /** Where Kubernetes reads a container's last message from, unless the pod says otherwise. */
    private static final String TERMINATION_LOG = "/dev/termination-log";

    private static final Rule<URI> HTTP = new Rule<>("must be an http or https URL", WorkerSettings::http);
    private static final Rule<Map<String, String>> HEADERS =
            new Rule<>("must be name=value, several separated by commas", WorkerSettings::headers);

    private static final Rule<Path> FOLDER = new Rule<>("must be a folder", path -> existing(path, Files::isDirectory));
    private static final Rule<Path> FILE = new Rule<>("must be a file", path -> existing(path, Files::isRegularFile));

    private enum LogFormat {
        TEXT,
        JSON
    }

    static WorkerSettings from(Map<String, String> variables) throws InvalidSettingsException {
        var environment = new Environment(variables);
        var threads = new PoolSettings(
                environment.text("WORKERPOOL_REPLICA", hostname(variables)), PATIENCE, GRACE, live(environment));
        List<Path> taskFolders = taskFolders(environment.text("WORKERPOOL_TASKS_DIR", TASKS));
        var warnings = new ArrayList<String>();
        var settings = new WorkerSettings(
                environment.text("WORKERPOOL_POOL", "standalone"),
                Inheritance.port(environment, "WORKERPOOL_PORT", 8000, "WORKERPOOL_LISTENER"),
                Inheritance.port(environment, "WORKERPOOL_MANAGEMENT_PORT", 9000, "WORKERPOOL_MANAGEMENT_LISTENER"),
                access(environment),
                taskFolders,
                environment.choice(
                        "WORKERPOOL_ISOLATION",
                        Map.of("Shared", Isolation.SHARED, "PerThread", Isolation.PER_THREAD),
                        Isolation.SHARED),
                environment.read("WORKERPOOL_MAX_BODY_SIZE", "64Mi", Rule.quantity("1Ki", "1Gi")),
                environment.read("WORKERPOOL_SHARED_MEMORY", "64Mi", Rule.quantity("0", "1Gi")),
                environment.duration("WORKERPOOL_DRAIN_DELAY", "0s", "0s", "5m"),
                environment.choice(
                                "WORKERPOOL_LOG_FORMAT",
                                Map.of("text", LogFormat.TEXT, "json", LogFormat.JSON),
                                LogFormat.TEXT)
                        == LogFormat.JSON,
                environment.read(
                        "WORKERPOOL_TERMINATION_LOG",
                        writable(TERMINATION_LOG),
                        new Rule<>("must be a file that exists and can be written", WorkerSettings::writable)),
                Inheritance.in(environment),
                traces(environment, threads.replica()),
                control(environment),
                retention(environment),
                threads,
                warnings);
        environment.throwIfInvalid();
        warnings.addAll(environment.unknown(PREFIX));
        if (environment.isSet("WORKERPOOL_TASKS_DIR") && !Files.isDirectory(taskFolders.getLast())) {
            warnings.add("WORKERPOOL_TASKS_DIR is " + taskFolders.getLast()
                    + ", which is no directory: no task is loaded from it");
        }
        return settings;
    }

    private static AccessSettings access(Environment environment) {
        return new AccessSettings(
                environment.read("WORKERPOOL_TLS_DIR", (Path) null, FOLDER),
                environment.read("WORKERPOOL_TOKENS_FILE", (Path) null, FILE));
    }

    private static LiveSettings live(Environment environment) {
        long processors = Math.min(512, Runtime.getRuntime().availableProcessors());
        return new LiveSettings(
                environment.read("WORKERPOOL_GENERATION", 0L, LiveRules.GENERATION),
                environment
                        .read("WORKERPOOL_THREADS", processors, LiveRules.THREADS)
                        .intValue(),
                environment
                        .read("WORKERPOOL_QUEUE_CAPACITY", 256L, LiveRules.QUEUE_CAPACITY)
                        .intValue(),
                environment.read("WORKERPOOL_QUEUE_MAX_WAIT", "10s", LiveRules.MAX_WAIT),
                environment.read("WORKERPOOL_TASK_TIMEOUT", "30s", LiveRules.TIMEOUT),
                environment.read("WORKERPOOL_MAX_ALLOCATION", 0L, LiveRules.MAX_ALLOCATION),
                environment.read("WORKERPOOL_DRAIN_TIMEOUT", "60s", LiveRules.DRAIN_TIMEOUT),
                environment.read("WORKERPOOL_CONFIG", Map.of(), LiveRules.CONFIG));
    }

    private static RetentionSettings retention(Environment environment) {
        long heap = Runtime.getRuntime().maxMemory();
        long size =
                environment.read("WORKERPOOL_RUN_RETENTION_SIZE", heap / RETENTION_SHARE, Rule.quantity("1Mi", "64Gi"));
        return new RetentionSettings(
                environment.duration("WORKERPOOL_RUN_RETENTION", "10m", "1s", "24h"),
                Math.min(size, heap / MOST_RETAINED),
                MAX_RETAINED);
    }

    /** @return null when it is not there, or something else */
    private static Path existing(String file, Predicate<Path> kind) {
        Path path = Path.of(file);
        return kind.test(path) ? path : null;
    }

    /** @return null when it is none */
    private static Path writable(String file) {
        Path path = Path.of(file);
        return Files.isRegularFile(path) && Files.isWritable(path) ? path : null;
    }

    /** By the variables of OpenTelemetry. */
    private static TraceSettings traces(Environment environment, String replica) {
        URI base = environment.read("OTEL_EXPORTER_OTLP_ENDPOINT", (URI) null, HTTP);
        URI whole = environment.read("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", (URI) null, HTTP);
        if (whole == null && base != null) {
            whole = URI.create(base.toString().replaceFirst("/*$", "") + "/v1/traces");
        }
        return new TraceSettings(
                whole,
                environment.read("OTEL_EXPORTER_OTLP_HEADERS", Map.of(), HEADERS),
                environment.text("OTEL_SERVICE_NAME", environment.text("WORKERPOOL_POOL", "standalone")),
                replica);
    }

    private static URI http(String value) {
        URI uri = URI.create(value);
        boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
        return http && uri.getHost() != null ? uri : null;
    }

    private static Map<String, String> headers(String value) {
        var headers = new LinkedHashMap<String, String>();
        for (String header : value.split(",")) {
            int equals = header.indexOf('=');
            if (equals <= 0) {
                return null;
            }
            headers.put(
                    header.substring(0, equals).strip(),
                    URLDecoder.decode(header.substring(equals + 1).strip(), StandardCharsets.UTF_8));
        }
        return headers;
    }

    private static ControlSettings control(Environment environment) {
        environment.knows("WORKERPOOL_NAMESPACE", "WORKERPOOL_REPLICA", "WORKERPOOL_POD_UID");
        List<byte[]> keys = environment.read("WORKERPOOL_CONTROL_KEY", List.of(), ControlSettings.KEYS);
        if (keys.isEmpty()) {
            return new ControlSettings(keys, "");
        }
        String rule = "must be set when WORKERPOOL_CONTROL_KEY is";
        return new ControlSettings(
                keys,
                String.join(
                        "/",
                        environment.required("WORKERPOOL_NAMESPACE", rule),
                        environment.required("WORKERPOOL_REPLICA", rule),
                        environment.required("WORKERPOOL_POD_UID", rule)));
    }

    private static List<Path> taskFolders(String usersOwn) {
        var folders = new ArrayList<Path>();
        String builtin = System.getProperty(BUILTIN);
        if (builtin != null) {
            folders.add(Path.of(builtin));
        }
        folders.add(Path.of(usersOwn));
        return folders;
    }

    /** Without asking a name server, which may take seconds and knows no better. */
    private static String hostname(Map<String, String> variables) {
        String name = variables.get("HOSTNAME");
        if (name != null && !name.isBlank()) {
            return name.strip();
        }
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (IOException e) {
            return "localhost";
        }
    }
}
