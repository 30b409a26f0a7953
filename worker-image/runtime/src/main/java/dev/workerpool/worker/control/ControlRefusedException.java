package dev.workerpool.worker.control;

/** A control message that does not come from whom it has to, or not as it has to. */
public final class ControlRefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Why. */
    public enum Reason {
        NO_KEY("no-key", "WORKERPOOL_CONTROL_KEY is not set, so this worker takes no control messages"),
        NO_TOKEN("no-token", "A control message needs the header Authorization: Bearer <token>"),
        MALFORMED(
                "malformed", "The token is no signed JWT, or lacks one of the claims iss, aud, iat, exp, jti and body"),
        SIGNATURE("signature", "The token is not signed with EdDSA by a key of WORKERPOOL_CONTROL_KEY"),
        ISSUER("issuer", "The token's claim iss must be workerpool-operator"),
        AUDIENCE("audience", "The token is meant for another pod"),
        EXPIRED(
                "expired",
                "The token is not valid at this time: expired, not valid yet, valid for more than 60 s,"
                        + " or older than this process"),
        BODY("body", "The token's claim body is not the SHA-256 of this body"),
        REPLAYED("replayed", "The token was used before, or is older than one that a worker before this one took"),
        TOO_MANY("too-many", "Too many tokens were used within the time that they are valid");

        private final String label;
        private final String text;

        Reason(String label, String text) {
            this.label = label;
            this.text = text;
        }

        /** As in the metrics and in the problem. */
        public String label() {
            return label;
        }
    }

    private final Reason reason;

    ControlRefusedException(Reason reason) {
        super(reason.text, null, false, false);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
