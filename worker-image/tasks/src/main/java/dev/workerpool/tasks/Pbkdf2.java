package dev.workerpool.tasks;

import dev.workerpool.task.InvalidInputException;
import dev.workerpool.task.Task;
import dev.workerpool.task.TaskContext;
import dev.workerpool.task.TaskType;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/** Derives a key from a password: PBKDF2 with HMAC-SHA-256 (RFC 8018). */
@TaskType("pbkdf2")
public final class Pbkdf2 implements Task<Pbkdf2.Input, Pbkdf2.Output> {
    /** The key's length is in bytes. */
    public record Input(String password, String salt, Integer iterations, Integer keyLength) {
        public Input {
            password = text("password", password, 1024);
            salt = text("salt", salt, 1024);
            iterations = Bounds.between("iterations", iterations == null ? 100_000 : iterations, 1, 10_000_000);
            keyLength = Bounds.between("keyLength", keyLength == null ? 32 : keyLength, 1, 512);
        }

        private static String text(String field, String value, int max) {
            if (value == null || value.isEmpty() || value.length() > max) {
                throw new InvalidInputException(field, "must have 1 to " + max + " characters");
            }
            return value;
        }
    }

    /** In hexadecimal. */
    public record Output(String key) {}

    @Override
    public Output run(Input input, TaskContext context) throws GeneralSecurityException {
        var spec = new PBEKeySpec(
                input.password().toCharArray(),
                input.salt().getBytes(StandardCharsets.UTF_8),
                input.iterations(),
                input.keyLength() * Byte.SIZE);
        try {
            byte[] key = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                    .generateSecret(spec)
                    .getEncoded();
            return new Output(HexFormat.of().formatHex(key));
        } finally {
            spec.clearPassword();
        }
    }
}
