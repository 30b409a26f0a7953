package dev.workerpool.operator.runtime;

import dev.workerpool.operator.desired.Digest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.jar.JarFile;
import java.util.stream.Collectors;

/** Which build of the operator runs: a version may have several while it is developed. */
final class Build {

    private Build() {}

    /** The same in each process of a build, and in no other; classes that are not in a jar are a build of their own each time. */
    static String id() {
        try {
            Path code = Path.of(Build.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            return Files.isDirectory(code) ? UUID.randomUUID().toString() : id(code);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A jar lists the checksums of all that is in it. */
    static String id(Path file) throws IOException {
        try (var jar = new JarFile(file.toFile())) {
            return Digest.of(jar.stream()
                    .map(entry -> entry.getName() + " " + entry.getCrc())
                    .collect(Collectors.joining("\n")));
        }
    }
}
