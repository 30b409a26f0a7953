package dev.workerpool.e2e.harness;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.extension.ExtensionContext;

/** What is kept of a failed test, at the moment it failed: logs, events and manifests of its namespace. */
final class Evidence {
    static final String FOLDER = "e2e/target/failures";

    private final Suite suite;
    private final TestNamespace namespace;

    Evidence(Suite suite, TestNamespace namespace) {
        this.suite = suite;
        this.namespace = namespace;
    }

    void save(ExtensionContext context, Throwable failure) {
        Path folder = suite.cluster().settings().root().resolve(FOLDER).resolve(name(context));
        try {
            Files.createDirectories(folder);
            StringWriter trace = new StringWriter();
            failure.printStackTrace(new PrintWriter(trace));
            Files.writeString(folder.resolve("failure.txt"), trace.toString());
            kubectl(
                    folder,
                    "manifests.yaml",
                    "get",
                    "workerpools,all,pdb,networkpolicies,configmaps,endpointslices",
                    "-o",
                    "yaml");
            kubectl(folder, "pods.txt", "get", "workerpools,pods", "-o", "wide");
            kubectl(folder, "events.txt", "get", "events", "--sort-by=.lastTimestamp");
            Files.writeString(
                    folder.resolve("operator.txt"),
                    suite.operator()
                            .kubectl("get", "all,leases,events", "-o", "wide")
                            .run()
                            .out());
            logs(folder, namespace.name());
            logs(folder, Operator.NAMESPACE);
            System.out.printf("%nFAILED %s: logs, events and manifests are in %s%n", context.getDisplayName(), folder);
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    private void kubectl(Path folder, String file, String... arguments) throws IOException {
        Command.Result result = namespace.kubectl(arguments).run();
        Files.writeString(folder.resolve(file), result.out() + result.err());
    }

    private void logs(Path folder, String of) throws IOException {
        Path target = Files.createDirectories(folder.resolve("logs").resolve(of));
        for (Path log : suite.logs().files(of)) {
            Files.copy(log, target.resolve(log.getFileName()), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** ScaleE2E.toZeroAndBack, and for one of several values: BadSpecE2E.isRefused.replicas_-1. */
    private static String name(ExtensionContext context) {
        String test = context.getRequiredTestClass().getSimpleName();
        String method =
                context.getTestMethod().map(found -> "." + found.getName()).orElse("");
        String display = context.getDisplayName();
        String value =
                method.isEmpty() || method.startsWith("." + display.replaceAll("\\(.*", "")) ? "" : "." + display;
        String name = (test + method + value).replaceAll("[^\\w.-]+", "_");
        return name.substring(0, Math.min(name.length(), 100));
    }
}
