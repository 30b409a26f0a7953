import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/** Writes a key with which the operator signs what it tells the replicas in training. */
final class TrainingKey {

    private TrainingKey() {}

    public static void main(String[] arguments) throws NoSuchAlgorithmException, IOException {
        byte[] key = KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPrivate().getEncoded();
        Files.writeString(
                Path.of(arguments[0]),
                "-----BEGIN PRIVATE KEY-----\n" + Base64.getEncoder().encodeToString(key) + "\n-----END PRIVATE KEY-----\n");
    }
}
