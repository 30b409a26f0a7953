package dev.workerpool.worker.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The bearer tokens that callers may have (RFC 6750). Kept as digests, by which they are also looked up: how long that takes
 * tells nothing of a token.
 */
final class Tokens {
    static final int SHORTEST = 16;
    static final int LONGEST = 4096;
    static final int MOST = 1000;

    /** What RFC 6750 calls b64token: a token that can stand in a header. */
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9._~+/-]+=*");

    private static final String SCHEME = "Bearer ";

    /** Whoever gets to the port may call. */
    static final Tokens NONE_NEEDED = new Tokens(Set.of());

    private final Set<String> digests;

    private Tokens(Set<String> digests) {
        this.digests = digests;
    }

    /**
     * Reads one token a line; blank lines and those that begin with {@code #} are passed over.
     *
     * @throws InvalidAccessException names the line that breaks a rule, and not what is in it
     */
    static Tokens parse(String file, Map<String, byte[]> files) throws InvalidAccessException {
        byte[] content = files.get(file);
        if (content == null) {
            throw new InvalidAccessException(file + " is missing");
        }
        var digests = new HashSet<String>();
        int number = 0;
        for (String line : new String(content, StandardCharsets.ISO_8859_1).split("\n", -1)) {
            number++;
            String token = line.strip();
            if (token.isEmpty() || token.startsWith("#")) {
                continue;
            }
            if (token.length() < SHORTEST
                    || token.length() > LONGEST
                    || !FORM.matcher(token).matches()) {
                throw new InvalidAccessException(file + ", line " + number + ": a token must be " + SHORTEST + " to "
                        + LONGEST + " letters, digits and -._~+/, with = only at its end");
            }
            digests.add(digest(token));
        }
        if (digests.isEmpty() || digests.size() > MOST) {
            throw new InvalidAccessException(
                    file + " must hold 1 to " + MOST + " tokens, a line each, but holds " + digests.size());
        }
        return new Tokens(digests);
    }

    int size() {
        return digests.size();
    }

    /** @param authorization the header, which is to hold one of them; null when there is none */
    Verdict verdict(String authorization) {
        if (this == NONE_NEEDED) {
            return Verdict.KNOWN;
        }
        if (authorization == null || !authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return Verdict.MISSING;
        }
        String token = authorization.substring(SCHEME.length()).strip();
        return token.length() <= LONGEST && digests.contains(digest(token)) ? Verdict.KNOWN : Verdict.UNKNOWN;
    }

    private static String digest(String token) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.ISO_8859_1));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // Every Java platform has it.
        }
    }
}
