package dev.workerpool.worker.access;

import java.nio.file.Path;

/**
 * Where the secrets of the task port are.
 *
 * @param certificates the folder with {@code tls.crt}, {@code tls.key} and perhaps {@code ca.crt}; null for plain HTTP
 * @param tokens the file with a bearer token a line; null when anybody may call
 */
public record AccessSettings(Path certificates, Path tokens) {
    /** Plain HTTP for anybody who gets to the port. */
    public static final AccessSettings OPEN = new AccessSettings(null, null);
}
