package dev.workerpool.api.v1alpha1;

/**
 * The expressions (CEL) that several fields share. They are constants because annotations can take nothing else.
 *
 * <p>A syntax rule is CEL rather than a schema {@code pattern}: a pattern's refusal shows the user a regular expression,
 * a rule's refusal says what to write.
 */
final class Rules {

    /** Digits are bounded per unit: CEL's {@code duration()} fails instead of answering beyond 292 years. */
    static final String DURATION_SYNTAX =
            "^((0|[1-9][0-9]{0,7})ms|(0|[1-9][0-9]{0,4})s|(0|[1-9][0-9]{0,3})m|(0|[1-9][0-9]?)h)$";

    static final String DURATION = "self.matches('" + DURATION_SYNTAX + "')";

    static final String DURATION_FORM = "a whole number with one unit (ms, s, m or h)";

    /** A Kubernetes quantity arrives as a number or as a string. */
    static final String QUANTITY = "isQuantity(string(self))";

    static final String DNS_SUBDOMAIN = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$";

    static final String DNS_LABEL = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$";

    /** A label or node-selector key: an optional DNS prefix and a name. How long the prefix is a pattern cannot say. */
    static final String LABEL_KEY =
            "^([a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$";

    /** Of a map of labels {@code self}, for {@code all}. */
    static final String LABEL = "k.matches('" + Rules.LABEL_KEY + "') && k.indexOf('/') <= 253 && self[k].matches('"
            + Rules.LABEL_VALUE + "')";

    /** Of a key by itself. */
    static final String IS_LABEL_KEY = "self.matches('" + Rules.LABEL_KEY + "') && self.indexOf('/') <= 253";

    static final String LABEL_VALUE = "^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$";

    static final String IMAGE = "self.matches('^[A-Za-z0-9][-A-Za-z0-9._/:@+]*$')";

    static final String IMAGE_FORM = "must be an image reference such as registry.example.com/team/image:1.0";

    static final String SECRET_FORM =
            "must be the name of a Secret: a-z, 0-9, '-' and '.', starting and ending with a letter or digit";

    private Rules() {}
}
