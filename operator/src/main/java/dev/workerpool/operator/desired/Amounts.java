package dev.workerpool.operator.desired;

import dev.workerpool.api.v1alpha1.ResourceAmounts;
import dev.workerpool.api.v1alpha1.ResourcesSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * CPU and memory of a replica, written as the API server writes them: {@code 1000m} becomes {@code 1}, {@code 1024Mi}
 * becomes {@code 1Gi}. Written otherwise, every comparison with the stored object would find a difference.
 *
 * @see <a href="https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/">Quantity</a>
 */
public final class Amounts {

    private static final BigInteger KILO = BigInteger.valueOf(1000);
    private static final BigInteger KIBI = BigInteger.valueOf(1024);
    private static final List<String> DECIMAL = List.of("", "k", "M", "G", "T", "P", "E");
    private static final List<String> BINARY = List.of("", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei");

    private Amounts() {}

    static ResourceRequirements requirements(ResourcesSpec spec) {
        return new ResourceRequirementsBuilder()
                .withLimits(amounts(spec.limits()))
                .withRequests(amounts(spec.requests()))
                .build();
    }

    /** Threads of each replica: as asked for, else the CPU limit, else the CPU request, rounded up, else 1. */
    public static int threads(Integer asked, ResourcesSpec resources) {
        if (asked != null) {
            return asked;
        }
        return threads(Optional.ofNullable(resources.limits().cpu())
                .or(() -> Optional.ofNullable(resources.requests().cpu())));
    }

    /** As many as it takes to use that CPU; 1 where none is given. */
    static int threads(Optional<Quantity> cpu) {
        return cpu.map(Amounts::wholeCores).orElse(1);
    }

    private static int wholeCores(Quantity cpu) {
        return cpu.getNumericalAmount()
                .setScale(0, RoundingMode.CEILING)
                .min(BigDecimal.valueOf(512))
                .intValueExact();
    }

    private static Map<String, Quantity> amounts(ResourceAmounts spec) {
        var amounts = new TreeMap<String, Quantity>();
        if (spec.cpu() != null) {
            amounts.put("cpu", cpu(spec.cpu()));
        }
        if (spec.memory() != null) {
            amounts.put("memory", bytes(spec.memory()));
        }
        return amounts;
    }

    static Quantity cpu(Quantity quantity) {
        BigInteger millis = quantity.getNumericalAmount()
                .movePointRight(3)
                .setScale(0, RoundingMode.CEILING)
                .toBigIntegerExact();
        BigInteger[] whole = millis.divideAndRemainder(KILO);
        return whole[1].signum() == 0 ? shortest(whole[0], KILO, DECIMAL) : new Quantity(millis.toString(), "m");
    }

    static Quantity bytes(Quantity quantity) {
        BigInteger bytes = byteCount(quantity);
        return bytes.mod(KIBI).signum() == 0 ? shortest(bytes, KIBI, BINARY) : shortest(bytes, KILO, DECIMAL);
    }

    static BigInteger byteCount(Quantity quantity) {
        return quantity.getNumericalAmount().setScale(0, RoundingMode.CEILING).toBigIntegerExact();
    }

    private static Quantity shortest(BigInteger amount, BigInteger step, List<String> suffixes) {
        int suffix = 0;
        BigInteger rest = amount;
        while (rest.signum() > 0
                && suffix < suffixes.size() - 1
                && rest.mod(step).signum() == 0) {
            rest = rest.divide(step);
            suffix++;
        }
        return new Quantity(rest.toString(), suffixes.get(suffix));
    }
}
