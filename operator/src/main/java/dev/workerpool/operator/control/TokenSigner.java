package dev.workerpool.operator.control;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.jose4j.lang.JoseException;

/** Signs one message for one pod: a token that is good for that body, that pod, once, and for half a minute. */
final class TokenSigner {

    private static final String ISSUER = "workerpool-operator";
    private static final Duration LIFETIME = Duration.ofSeconds(30);

    private final Clock clock;

    TokenSigner(Clock clock) {
        this.clock = clock;
    }

    /** @param audience {@code <namespace>/<pod name>/<pod uid>} */
    String sign(SigningKey key, String audience, byte[] body) {
        Instant now = clock.instant();
        var claims = new JwtClaims();
        claims.setIssuer(ISSUER);
        claims.setAudience(audience);
        claims.setIssuedAt(NumericDate.fromMilliseconds(now.toEpochMilli()));
        claims.setExpirationTime(NumericDate.fromMilliseconds(now.plus(LIFETIME).toEpochMilli()));
        claims.setGeneratedJwtId();
        claims.setStringClaim("body", digest(body));
        var token = new JsonWebSignature();
        token.setAlgorithmHeaderValue(AlgorithmIdentifiers.EDDSA);
        token.setKey(key.privateKey());
        token.setPayload(claims.toJson());
        try {
            return token.getCompactSerialization();
        } catch (JoseException e) {
            throw new IllegalStateException("A key that signed when it was read", e);
        }
    }

    private static String digest(byte[] body) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(body);
            return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }
}
