package dev.workerpool.operator.reconciler;

import static java.util.function.Predicate.not;

import dev.workerpool.operator.dependent.Children;
import dev.workerpool.operator.status.Trouble;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import java.util.stream.Stream;

/** What is desired and the API server did not take in a pass. */
record Unapplied(Children children, List<NotResized> notResized) {

    /** Worst first. */
    List<Trouble> all() {
        return Stream.concat(refused().stream(), failed()).toList();
    }

    /** Whatever the retry; worst first. */
    List<Trouble> refused() {
        return Stream.of(
                        children.conflicts().stream()
                                .map(conflict -> new Trouble(Trouble.NAME_CONFLICT, conflict.getMessage())),
                        children.refusals().stream().map(Unapplied::notApplied),
                        notResized.stream().filter(NotResized::isFinal).map(NotResized::trouble))
                .flatMap(troubles -> troubles)
                .toList();
    }

    /** What may pass by itself. */
    List<Exception> failures() {
        return Stream.concat(children.failures().stream(), resizesToTryAgain().map(NotResized::answer))
                .toList();
    }

    /** The same, as it is told once it lasts. */
    Stream<Trouble> failed() {
        return Stream.concat(
                children.failures().stream().map(Unapplied::notApplied),
                resizesToTryAgain().map(NotResized::trouble));
    }

    private Stream<NotResized> resizesToTryAgain() {
        return notResized.stream().filter(not(NotResized::isFinal));
    }

    private static Trouble notApplied(Exception failure) {
        return new Trouble(
                Trouble.APPLY_FAILED,
                failure instanceof KubernetesClientException answer ? message(answer) : failure.toString());
    }

    static String message(KubernetesClientException answer) {
        return answer.getStatus() != null && answer.getStatus().getMessage() != null
                ? answer.getStatus().getMessage()
                : answer.getMessage();
    }
}
