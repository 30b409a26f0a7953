package dev.workerpool.api.v1alpha1;

import io.fabric8.kubernetes.api.model.Quantity;
import java.util.regex.Pattern;

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

    /**
     * Of a quantity that nobody means: such an exponent may stand for a number of millions of digits, in which whoever compares
     * or adds is lost, the API server too. So it is looked for before anything is computed.
     */
    static final String HUGE_EXPONENT = "[eE][+-]?[0-9]{3}";

    /** A Kubernetes quantity arrives as a number or as a string. */
    static final String QUANTITY = "!string(self).matches('" + HUGE_EXPONENT + "') && isQuantity(string(self))";

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

    private static final Pattern HUGE = Pattern.compile(HUGE_EXPONENT);

    private Rules() {}

    /**
     * Holds what is read to the one rule whose breach is not its pool's trouble alone, for it may have been stored under
     * another CRD than this one.
     */
    static Quantity computable(String field, Quantity quantity) {
        if (quantity != null && HUGE.matcher(quantity.toString()).find()) {
            throw new IllegalArgumentException(
                    field + " must have an exponent of at most two digits, and is " + quantity);
        }
        return quantity;
    }
}
