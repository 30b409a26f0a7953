package dev.workerpool.worker.access;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Files of one folder that belong together. Where the platform mounts them, it exchanges all of them at once by exchanging a
 * link, and they are read from where that leads: never one of before and one of after.
 *
 * @param names of which any may be missing
 */
record MountedFiles(Path folder, List<String> names) {
    /** @see <a href="https://pkg.go.dev/k8s.io/kubernetes/pkg/volume/util#AtomicWriter">how the kubelet writes volumes</a> */
    private static final String LINK = "..data";

    private static final long LARGEST = 1 << 20;

    /** @return by name those that are there */
    Map<String, byte[]> read() throws InvalidAccessException {
        try {
            Path state = state();
            Map<String, byte[]> found = read(state);
            // What the link led to is removed once it leads elsewhere, perhaps while it was read.
            for (Path now = state(); !now.equals(state); now = state()) {
                state = now;
                found = read(state);
            }
            return found;
        } catch (IOException e) {
            throw new InvalidAccessException("cannot be read: " + e, e);
        }
    }

    private Path state() throws IOException {
        Path link = folder.resolve(LINK);
        return Files.exists(link) ? link.toRealPath() : folder;
    }

    private Map<String, byte[]> read(Path state) throws IOException, InvalidAccessException {
        var found = new TreeMap<String, byte[]>();
        for (String name : names) {
            byte[] content = content(state.resolve(name));
            if (content != null) {
                found.put(name, content);
            }
        }
        return found;
    }

    private static byte[] content(Path file) throws IOException, InvalidAccessException {
        try {
            if (Files.size(file) > LARGEST) {
                throw new InvalidAccessException(file.getFileName() + " has more than " + LARGEST + " bytes");
            }
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            return null;
        }
    }
}
