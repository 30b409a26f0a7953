package dev.workerpool.e2e.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** An image that holds a task jar and nothing else, as a user's build would push it to a registry. */
public final class ArtifactImage {
    private ArtifactImage() {}

    /** Builds the image and puts it into the node; returns its name. */
    public static String build(Cluster cluster, String name, TaskJar jar) {
        try {
            Path folder = Files.createTempDirectory("artifact-image");
            Files.write(folder.resolve(jar.name()), jar.bytes());
            Files.writeString(folder.resolve("Dockerfile"), "FROM scratch\nCOPY %s /tasks/\n".formatted(jar.name()));
            Command.of("docker", "build", "-q", "-t", name, folder.toString()).out();
            cluster.load(name);
            Command.of("docker", "image", "rm", name).out();
            Files.delete(folder.resolve(jar.name()));
            Files.delete(folder.resolve("Dockerfile"));
            Files.delete(folder);
            return name;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
