import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.UUID;

/** The operator of the training: makes a key pair, and signs control messages for its pods. */
final class ControlTraining {
    private static final String HEADER = encode("{\"alg\":\"EdDSA\"}".getBytes(StandardCharsets.US_ASCII));

    private final PrivateKey key;

    ControlTraining(Path key) throws IOException, GeneralSecurityException {
        this.key = KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(Files.readAllBytes(key)));
    }

    /** Writes a new private key to the file and prints the public one, as WORKERPOOL_CONTROL_KEY has it. */
    public static void main(String[] arguments) throws Exception {
        var pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        Files.write(Path.of(arguments[0]), pair.getPrivate().getEncoded());
        System.out.println(Base64.getEncoder().encodeToString(pair.getPublic().getEncoded()));
    }

    String token(String replica, String body) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(body.getBytes(StandardCharsets.UTF_8));
            long now = Instant.now().getEpochSecond();
            String claims = "{\"iss\":\"workerpool-operator\",\"aud\":\"training/" + replica + "/training\",\"iat\":" + now
                    + ",\"exp\":" + (now + 60) + ",\"jti\":\"" + UUID.randomUUID() + "\",\"body\":\"" + encode(digest)
                    + "\"}";
            String signed = HEADER + "." + encode(claims.getBytes(StandardCharsets.US_ASCII));
            var signature = Signature.getInstance("Ed25519");
            signature.initSign(key);
            signature.update(signed.getBytes(StandardCharsets.US_ASCII));
            return signed + "." + encode(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String encode(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
