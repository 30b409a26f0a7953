package dev.workerpool.e2e.harness;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * What the suite is run with. Each value comes from a system property ({@code workerpool.k3s.image}) or else from the
 * environment ({@code WORKERPOOL_K3S_IMAGE}); only artefacts are named here, never code of another module.
 */
public record Settings(
        String k3sImage,
        String workerImage,
        String operatorImage,
        Path root,
        String helm,
        String kubectl,
        boolean keep) {
    /** The version of Kubernetes that the product is tested on; the locally built image is the same one. */
    private static final String DEFAULT_K3S_IMAGE = "rancher/k3s:v1.34.4-k3s1";

    static Settings read() {
        return new Settings(
                value("workerpool.k3s.image").orElse(DEFAULT_K3S_IMAGE),
                value("workerpool.worker.image").orElse("workerpool/worker:0.1.0"),
                value("workerpool.operator.image").orElse("workerpool/operator:0.1.0"),
                checkout(),
                value("workerpool.helm").orElse("helm"),
                value("workerpool.kubectl").orElse("kubectl"),
                value("workerpool.e2e.keep").map(Boolean::parseBoolean).orElse(false));
    }

    public Path crds() {
        return artefact("crds", "the generated CRDs");
    }

    public Path chart() {
        return artefact("helm/workerpool-operator", "the Helm chart");
    }

    public Path installManifest() {
        return artefact("helm/install.yaml", "the manifest for an installation without Helm");
    }

    public Path artefact(String path, String what) {
        Path file = root.resolve(path);
        if (!Files.exists(file)) {
            throw new IllegalStateException("%s is missing: no %s under %s".formatted(what, path, root));
        }
        return file;
    }

    private static Path checkout() {
        Path given =
                Path.of(value("workerpool.root").orElse("..")).toAbsolutePath().normalize();
        for (Path folder = given; folder != null; folder = folder.getParent()) {
            if (Files.isDirectory(folder.resolve("crds")) && Files.isDirectory(folder.resolve("e2e"))) {
                return folder;
            }
        }
        throw new IllegalStateException(
                "Not inside a checkout of workerpool: " + given + ". Set WORKERPOOL_ROOT to the checkout's folder.");
    }

    private static Optional<String> value(String property) {
        String variable = property.toUpperCase(Locale.ROOT).replace('.', '_');
        return Optional.ofNullable(System.getProperty(property, System.getenv(variable)))
                .filter(value -> !value.isBlank());
    }
}
