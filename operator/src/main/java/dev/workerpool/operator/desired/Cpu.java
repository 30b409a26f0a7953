package dev.workerpool.operator.desired;

import dev.workerpool.api.v1alpha1.ResourcesSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The CPU of a worker, and of its memory what decides whether the CPU can change while it runs.
 *
 * <p>A pod can be given other amounts in place, but no amount it did not have before, and not such that it would belong to
 * another class of service (Guaranteed is where requests and limits are the same).
 *
 * @see <a href="https://kubernetes.io/docs/tasks/configure-pod-container/resize-container-resources/">Resize</a>
 */
public record Cpu(Optional<Quantity> request, Optional<Quantity> limit, Memory memory) {

    /** @param request as given, or else the limit */
    public record Memory(Optional<Quantity> request, Optional<Quantity> limit) {}

    public static Cpu of(ResourcesSpec spec) {
        return in(Amounts.requirements(spec));
    }

    /** As the API server understands it: a request that is not given is the limit. */
    public static Cpu in(ResourceRequirements resources) {
        return new Cpu(
                request(resources, "cpu"),
                limit(resources, "cpu"),
                new Memory(request(resources, "memory"), limit(resources, "memory")));
    }

    /** Whether a running pod can come from the one to the other. */
    public boolean canBecome(Cpu other) {
        return memory.equals(other.memory)
                && request.isPresent() == other.request.isPresent()
                && limit.isPresent() == other.limit.isPresent()
                && isGuaranteed() == other.isGuaranteed();
    }

    /** What the scheduler goes by: its request. */
    public boolean isMoreThan(Cpu other) {
        return isMore(request, other.request);
    }

    /** What a quota goes by: request or limit. */
    public boolean asksMoreThan(Cpu other) {
        return isMoreThan(other) || isMore(limit, other.limit);
    }

    private static boolean isMore(Optional<Quantity> amount, Optional<Quantity> other) {
        return amount.isPresent()
                && other.filter(less -> amount.get().getNumericalAmount().compareTo(less.getNumericalAmount()) > 0)
                        .isPresent();
    }

    /**
     * Threads of a worker for which this was asked and that has the other, where their number follows from it. A limit that the
     * cluster put there is nobody's wish for threads; and what the other does not have it gets when it is replaced.
     */
    int threads(Cpu given) {
        return Amounts.threads(limit.isPresent() ? given.limit.or(() -> limit) : request.map(given.request::orElse));
    }

    /** For a patch of a container's resources. */
    public Map<String, Map<String, String>> amounts() {
        var amounts = new HashMap<String, Map<String, String>>();
        request.ifPresent(cpu -> amounts.put("requests", Map.of("cpu", cpu.toString())));
        limit.ifPresent(cpu -> amounts.put("limits", Map.of("cpu", cpu.toString())));
        return amounts;
    }

    private boolean isGuaranteed() {
        return limit.isPresent()
                && limit.equals(request)
                && memory.limit().isPresent()
                && memory.limit().equals(memory.request());
    }

    private static Optional<Quantity> request(ResourceRequirements resources, String what) {
        return amount(resources.getRequests(), what).or(() -> limit(resources, what));
    }

    private static Optional<Quantity> limit(ResourceRequirements resources, String what) {
        return amount(resources.getLimits(), what);
    }

    private static Optional<Quantity> amount(Map<String, Quantity> amounts, String what) {
        return Optional.ofNullable(amounts).map(present -> present.get(what));
    }
}
