package dev.workerpool.apiserver;

import io.fabric8.kubeapitest.KubeAPIServer;
import io.fabric8.kubeapitest.KubeAPIServerConfigBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * A real kube-apiserver with its etcd, and the WorkerPool CRD installed; no node, no controllers.
 *
 * <p>As a JUnit extension it starts on first use, serves all test classes of the JVM and stops with it. Tests keep out
 * of each other's way by namespaces.
 */
public final class ApiServer implements ParameterResolver {

    /** What a kubectl call answered. */
    public record Answer(int exitCode, String out, String err) {}

    /** The CRD of this build, among the resources. */
    public static final String CRD = "/workerpools.workerpool.dev-v1.yaml";

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Running.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getRoot()
                .getStore(ExtensionContext.Namespace.create(ApiServer.class))
                .computeIfAbsent(Running.class, key -> Running.start(), Running.class);
    }

    /** The server, and the ways to reach it as its administrator. */
    public static final class Running implements AutoCloseable {

        private final KubeAPIServer server;
        private final Path kubectl;
        private final Path kubeconfig;
        private final KubernetesClient client;

        private Running(KubeAPIServer server, Path kubectl, Path kubeconfig) throws IOException {
            this.server = server;
            this.kubectl = kubectl;
            this.kubeconfig = kubeconfig;
            Files.writeString(kubeconfig, server.getKubeConfigYaml());
            this.client = new KubernetesClientBuilder().withConfig(config()).build();
        }

        private static Running start() {
            Path home = Path.of("target", "api-server").toAbsolutePath();
            Binaries binaries = Binaries.find();
            try {
                binaries.linkInto(home.resolve("k8s").resolve("local-linux-" + architecture()));
                KubeAPIServer server = new KubeAPIServer(KubeAPIServerConfigBuilder.anAPIServerConfig()
                        .withTestDir(home.toString())
                        .withApiServerVersion("local")
                        .withOfflineMode(true)
                        .build());
                // Two processes of their own: they must not outlive a JVM that is told to end.
                Runtime.getRuntime().addShutdownHook(new Thread(server::stop));
                server.start();
                Running running = new Running(server, binaries.kubectl(), home.resolve("kubeconfig"));
                running.install(CRD);
                return running;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static String architecture() {
            return System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";
        }

        /** Installs another CRD in place of the present one, for all tests that come. */
        public void install(String resource) throws IOException {
            try (InputStream crd = ApiServer.class.getResourceAsStream(resource)) {
                client.load(crd).serverSideApply();
            }
            client.apiextensions()
                    .v1()
                    .customResourceDefinitions()
                    .withName("workerpools.workerpool.dev")
                    .waitUntilCondition(
                            crd -> crd.getStatus() != null
                                    && crd.getStatus().getConditions() != null
                                    && crd.getStatus().getConditions().stream()
                                            .anyMatch(condition -> condition
                                                            .getType()
                                                            .equals("Established")
                                                    && condition.getStatus().equals("True")),
                            30,
                            TimeUnit.SECONDS);
        }

        /** Does something while the CRD lets every spec through, as an older or a newer one might. */
        public void withoutSchema(Runnable action) {
            var crd = client.apiextensions().v1().customResourceDefinitions().withName("workerpools.workerpool.dev");
            CustomResourceDefinition strict = crd.get();
            crd.edit(definition -> {
                JSONSchemaProps root = definition
                        .getSpec()
                        .getVersions()
                        .getFirst()
                        .getSchema()
                        .getOpenAPIV3Schema();
                var anything = new JSONSchemaProps();
                anything.setType("object");
                anything.setXKubernetesPreserveUnknownFields(true);
                root.getProperties().put("spec", anything);
                return definition;
            });
            try {
                action.run();
            } finally {
                strict.getMetadata().setResourceVersion(null);
                client.resource(strict).update();
            }
        }

        /** A client with the administrator's rights; shared, not to be closed by tests. */
        public KubernetesClient client() {
            return client;
        }

        public Config config() {
            return Config.fromKubeconfig(server.getKubeConfigYaml());
        }

        public Answer kubectl(String stdin, String... arguments) {
            List<String> command = new ArrayList<>(List.of(kubectl.toString(), "--kubeconfig", kubeconfig.toString()));
            command.addAll(List.of(arguments));
            try {
                Process process = new ProcessBuilder(command)
                        .redirectError(kubeconfig.resolveSibling("kubectl.err").toFile())
                        .start();
                process.getOutputStream().write(stdin.getBytes(StandardCharsets.UTF_8));
                process.getOutputStream().close();
                String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                int exitCode = process.waitFor();
                return new Answer(exitCode, out, Files.readString(kubeconfig.resolveSibling("kubectl.err")));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void close() {
            client.close();
            server.stop();
        }
    }
}
