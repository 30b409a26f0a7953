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
        var found = new TreeMap<String, byte[]>();
        try {
            Path state =
                    Files.exists(folder.resolve(LINK)) ? folder.resolve(LINK).toRealPath() : folder;
            for (String name : names) {
                byte[] content = content(state.resolve(name));
                if (content != null) {
                    found.put(name, content);
                }
            }
        } catch (IOException e) {
            throw new InvalidAccessException(folder + " cannot be read: " + e, e);
        }
        return found;
    }

    private static byte[] content(Path file) throws IOException, InvalidAccessException {
        try {
            if (Files.size(file) > LARGEST) {
                throw new InvalidAccessException(file + " has more than " + LARGEST + " bytes");
            }
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            return null;
        }
    }
}
