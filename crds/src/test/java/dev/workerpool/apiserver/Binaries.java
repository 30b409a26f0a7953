package dev.workerpool.apiserver;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Finds kube-apiserver, etcd and kubectl on this machine; nothing is downloaded.
 *
 * <p>Looked for in the folders of {@code WORKERPOOL_APISERVER_BIN} (or the system property
 * {@code workerpool.apiserver.bin}), then where the k3s image's build caches them, then on the PATH.
 */
record Binaries(Path apiServer, Path etcd, Path kubectl) {

    static Binaries find() {
        List<Path> folders = folders();
        return new Binaries(find("kube-apiserver", folders), find("etcd", folders), find("kubectl", folders));
    }

    /** Lays the three out as kube-api-test expects them below {@code home}. */
    void linkInto(Path folder) throws IOException {
        Files.createDirectories(folder);
        link(folder.resolve("kube-apiserver"), apiServer);
        link(folder.resolve("etcd"), etcd);
        link(folder.resolve("kubectl"), kubectl);
    }

    private static void link(Path link, Path target) throws IOException {
        Files.deleteIfExists(link);
        Files.createSymbolicLink(link, target);
    }

    private static Path find(String name, List<Path> folders) {
        return folders.stream()
                .map(folder -> folder.resolve(name))
                .filter(Files::isExecutable)
                .findFirst()
                .map(Path::toAbsolutePath)
                .orElseThrow(() -> new IllegalStateException("These tests need an API server, and " + name
                        + " is in none of " + folders
                        + ". Set WORKERPOOL_APISERVER_BIN to the folder (or folders, separated by '"
                        + File.pathSeparator
                        + "') with kube-apiserver, etcd and kubectl; ./test.sh does so by itself."));
    }

    private static List<Path> folders() {
        List<Path> folders = new ArrayList<>();
        addAll(folders, System.getProperty("workerpool.apiserver.bin", System.getenv("WORKERPOOL_APISERVER_BIN")));
        folders.addAll(cached(Path.of(System.getProperty("user.home"), ".cache", "workerpool-k3s")));
        addAll(folders, System.getenv("PATH"));
        return folders;
    }

    private static void addAll(List<Path> folders, String list) {
        if (list != null) {
            Stream.of(list.split(File.pathSeparator))
                    .filter(folder -> !folder.isBlank())
                    .map(Path::of)
                    .forEach(folders::add);
        }
    }

    /** One folder per Kubernetes version; the newest first. */
    private static List<Path> cached(Path cache) {
        if (!Files.isDirectory(cache)) {
            return List.of();
        }
        try (Stream<Path> versions = Files.list(cache)) {
            return versions.sorted(Comparator.reverseOrder())
                    .map(version -> version.resolve("bin"))
                    .toList();
        } catch (IOException e) {
            throw new IllegalStateException("Cannot read " + cache, e);
        }
    }
}
