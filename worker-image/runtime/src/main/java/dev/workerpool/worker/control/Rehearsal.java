package dev.workerpool.worker.control;

import dev.workerpool.worker.pool.LiveSettings;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.jose4j.lang.JoseException;

/**
 * A message that goes all the way but the last step, and changes nothing: afterwards the library, the cipher and all their
 * classes are there. Signed with a key of its own, which nobody else knows.
 */
final class Rehearsal {
    private static final String AUDIENCE = "rehearsal";
    private static final String BODY = """
            {"generation":1,"threads":1,"queue":{"capacity":1,"maxWait":"1s"},
             "tasks":{"timeout":"1s","maxAllocation":"1Mi"},"drain":{"timeout":"1s"},"config":{"a":"b"}}""";

    private Rehearsal() {}

    static void of(LiveSettings settings, InstantSource clock) {
        try {
            KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            var itself = new ControlSettings(List.of(pair.getPublic().getEncoded()), AUDIENCE);
            var body = ByteBuffer.wrap(BODY.getBytes(StandardCharsets.UTF_8));
            new TokenVerifier(itself, clock.instant(), clock).verify(token(pair, body, clock), body);
            SettingsDescription.of(
                    SettingsMessage.read(body, settings, Map.of()).settings());
        } catch (GeneralSecurityException | JoseException | ControlRefusedException | InvalidMessageException e) {
            throw new IllegalStateException("A message to itself is refused", e);
        }
    }

    private static String token(KeyPair pair, ByteBuffer body, InstantSource clock) throws JoseException {
        var claims = new JwtClaims();
        claims.setIssuer(TokenVerifier.ISSUER);
        claims.setAudience(AUDIENCE);
        claims.setIssuedAt(NumericDate.fromMilliseconds(clock.millis()));
        claims.setExpirationTime(NumericDate.fromMilliseconds(clock.millis() + 10_000));
        claims.setGeneratedJwtId();
        claims.setStringClaim("body", TokenVerifier.digest(body));
        var signature = new JsonWebSignature();
        signature.setAlgorithmHeaderValue(AlgorithmIdentifiers.EDDSA);
        signature.setKey(pair.getPrivate());
        signature.setPayload(claims.toJson());
        return signature.getCompactSerialization();
    }
}
