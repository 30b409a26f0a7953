package dev.workerpool.worker.control;

import dev.workerpool.worker.control.ControlRefusedException.Reason;
import dev.workerpool.worker.control.TakenTokens.Token;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jose4j.jwa.AlgorithmConstraints.ConstraintType;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.MalformedClaimException;
import org.jose4j.jwt.NumericDate;
import org.jose4j.jwt.consumer.ErrorCodes;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;

/**
 * Sees to it that a control message comes from the operator, is meant for this very pod, is fresh, and was not altered or
 * sent before. Not thread-safe. Alone in touching the JWT library, whose classes are loaded with the first message.
 */
final class TokenVerifier {
    static final String ISSUER = "workerpool-operator";

    /** By which the clocks of two nodes may differ. */
    private static final int SKEW_SECONDS = 10;

    private static final int MAX_LIFETIME_SECONDS = 60;
    private static final int MAX_ID_LENGTH = 128;

    private final List<PublicKey> keys = new ArrayList<>();
    private final String audience;
    private final InstantSource clock;

    /** What was signed before may have been used before, by the process that this one replaced in its pod. */
    private final Instant startedAt;

    private final TakenTokens taken;

    private final UsedTokens used = new UsedTokens();

    /** @param taken by the workers before this one in the container */
    TokenVerifier(ControlSettings settings, Instant startedAt, TakenTokens taken, InstantSource clock) {
        this.audience = settings.audience();
        this.startedAt = startedAt;
        this.taken = taken;
        this.clock = clock;
        try {
            var factory = KeyFactory.getInstance("Ed25519");
            for (byte[] key : settings.keys()) {
                keys.add(factory.generatePublic(new X509EncodedKeySpec(key)));
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // Every JDK has Ed25519, and the form of the keys was looked at.
        }
    }

    /** @return what it is known by from now on */
    Token verify(String token, ByteBuffer body) throws ControlRefusedException {
        Instant now = clock.instant();
        // Before the library looks: five parts would be an encrypted token, which costs much to open.
        if (token.chars().filter(c -> c == '.').count() != 2) {
            throw new ControlRefusedException(Reason.MALFORMED);
        }
        try {
            JwtClaims claims = claims(token, now);
            Instant issued = instant(claims.getIssuedAt());
            Instant expires = instant(claims.getExpirationTime());
            if (expires.isAfter(issued.plusSeconds(MAX_LIFETIME_SECONDS))
                    || issued.plusSeconds(SKEW_SECONDS).isBefore(startedAt)) {
                throw new ControlRefusedException(Reason.EXPIRED);
            }
            var known = new Token(issued, claims.getJwtId());
            if (taken.has(known)) {
                throw new ControlRefusedException(Reason.REPLAYED);
            }
            String digest = claims.getStringClaimValue("body");
            if (digest == null || known.id().length() > MAX_ID_LENGTH) {
                throw new ControlRefusedException(Reason.MALFORMED);
            }
            if (!digest.equals(digest(body))) {
                throw new ControlRefusedException(Reason.BODY);
            }
            used.use(known.id(), expires.plusSeconds(SKEW_SECONDS + 1), now);
            return known;
        } catch (MalformedClaimException | RuntimeException e) {
            // The library throws what it likes at headers and claims of other types and sizes than it expects.
            throw new ControlRefusedException(Reason.MALFORMED);
        }
    }

    private JwtClaims claims(String token, Instant now) throws ControlRefusedException {
        var reason = Reason.SIGNATURE;
        for (PublicKey key : keys) {
            try {
                return new JwtConsumerBuilder()
                        .setJwsAlgorithmConstraints(ConstraintType.PERMIT, AlgorithmIdentifiers.EDDSA)
                        .setVerificationKey(key)
                        .setExpectedIssuer(ISSUER)
                        .setExpectedAudience(audience)
                        .setRequireJwtId()
                        .setRequireExpirationTime()
                        .setRequireIssuedAt()
                        .setIssuedAtRestrictions(0, MAX_LIFETIME_SECONDS)
                        .setAllowedClockSkewInSeconds(SKEW_SECONDS)
                        .setEvaluationTime(NumericDate.fromMilliseconds(now.toEpochMilli()))
                        .build()
                        .processToClaims(token);
            } catch (InvalidJwtException e) {
                reason = reason(e);
                if (reason != Reason.SIGNATURE) {
                    break;
                }
            }
        }
        throw new ControlRefusedException(reason);
    }

    private static Reason reason(InvalidJwtException e) {
        if (hasAny(e, ErrorCodes.ISSUER_INVALID)) {
            return Reason.ISSUER;
        }
        if (hasAny(e, ErrorCodes.AUDIENCE_INVALID)) {
            return Reason.AUDIENCE;
        }
        if (hasAny(
                e,
                ErrorCodes.EXPIRED,
                ErrorCodes.NOT_YET_VALID,
                ErrorCodes.ISSUED_AT_INVALID_FUTURE,
                ErrorCodes.ISSUED_AT_INVALID_PAST)) {
            return Reason.EXPIRED;
        }
        // Miscellaneous: an algorithm that is not permitted, or a key that does not go with it.
        return hasAny(e, ErrorCodes.SIGNATURE_INVALID, ErrorCodes.SIGNATURE_MISSING, ErrorCodes.MISCELLANEOUS)
                ? Reason.SIGNATURE
                : Reason.MALFORMED;
    }

    private static boolean hasAny(InvalidJwtException e, int... codes) {
        for (int code : codes) {
            if (e.hasErrorCode(code)) {
                return true;
            }
        }
        return false;
    }

    private static Instant instant(NumericDate date) {
        return Instant.ofEpochMilli(date.getValueInMillis());
    }

    static String digest(ByteBuffer body) {
        try {
            var sha256 = MessageDigest.getInstance("SHA-256");
            sha256.update(body.duplicate());
            return Base64.getUrlEncoder().withoutPadding().encodeToString(sha256.digest());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // Every JDK has SHA-256.
        }
    }
}
