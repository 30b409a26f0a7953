package dev.workerpool.operator.dependent;

import static java.net.HttpURLConnection.HTTP_CLIENT_TIMEOUT;
import static java.net.HttpURLConnection.HTTP_CONFLICT;

import dev.workerpool.api.v1alpha1.WorkerPool;
import dev.workerpool.operator.desired.Release;
import dev.workerpool.operator.desired.WorkerPoolNames;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.processing.dependent.workflow.WorkflowReconcileResult;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What became of a pool's child objects in one pass.
 *
 * @param deployment as the API server answered it, not as the informer last saw it: right after a change the informer's
 *     copy still looks settled
 * @param found the states of all of them, by {@link #KINDS}, where each was there and as it should; empty where one had to be
 *     written, or could not be
 * @param conflicts names that are taken
 * @param refusals writes the API server will refuse again, whatever the retry
 * @param failures what may pass by itself: the API server away, busy or changing under us
 */
public record Children(
        Optional<Deployment> deployment,
        Optional<List<Long>> found,
        List<NameConflictException> conflicts,
        List<KubernetesClientException> refusals,
        List<Exception> failures) {

    public static final List<Class<? extends HasMetadata>> KINDS =
            List.of(Deployment.class, Service.class, PodDisruptionBudget.class, NetworkPolicy.class);

    private static final int HTTP_TOO_MANY_REQUESTS = 429;

    /** Applies all of them; the trouble of one does not keep the others from being applied. */
    public static Children apply(Context<WorkerPool> context, Release release) {
        var workflow = context.managedWorkflowAndDependentResourceContext();
        workflow.put(Release.class, release);
        WorkflowReconcileResult result = workflow.reconcileManagedWorkflow();
        List<Exception> errors = List.copyOf(result.getErroredDependents().values());
        return new Children(
                deployment(context),
                found(context, errors),
                only(NameConflictException.class, errors).toList(),
                only(KubernetesClientException.class, errors)
                        .filter(Children::isFinal)
                        .toList(),
                errors.stream().filter(Children::mayPass).toList());
    }

    /** None of them looked into. */
    public static Children asTheyAre(Context<WorkerPool> context) {
        return new Children(deployment(context), Optional.empty(), List.of(), List.of(), List.of());
    }

    /** What tells the states of the children apart that the watches show now, by {@link #KINDS}; none of them is looked into. */
    public static List<Long> states(Context<WorkerPool> context) {
        WorkerPool pool = context.getPrimaryResource();
        var id = new ResourceID(WorkerPoolNames.child(pool), pool.getMetadata().getNamespace());
        return KINDS.stream()
                .map(kind -> ((ChildWatch<?>) context.eventSourceRetriever().getEventSourceFor(kind)).state(id))
                .toList();
    }

    private static Optional<List<Long>> found(Context<WorkerPool> context, List<Exception> errors) {
        var pass = context.managedWorkflowAndDependentResourceContext();
        boolean wrote = KINDS.stream().anyMatch(kind -> pass.get(kind, kind).isPresent());
        return wrote || !errors.isEmpty()
                ? Optional.empty()
                : Optional.of(KINDS.stream()
                        .map(kind -> present(kind, context).map(ObjectState::of).orElse(ObjectState.NONE))
                        .toList());
    }

    private static Optional<Deployment> deployment(Context<WorkerPool> context) {
        return context.managedWorkflowAndDependentResourceContext()
                .get(Deployment.class, Deployment.class)
                .or(() -> present(Deployment.class, context));
    }

    /**
     * The child of this kind, as the informer last saw it. There may be others that name the pool as their owner: a copy that
     * somebody made, and what is left of a pool of the same name that is gone. One pass sees the same all the time: to look
     * it up costs something.
     */
    public static <R extends HasMetadata> Optional<R> present(Class<R> type, Context<WorkerPool> context) {
        var seen = context.managedWorkflowAndDependentResourceContext();
        Seen known = seen.get(key(type), Seen.class).orElse(null);
        if (known == null) {
            known = new Seen(lookUp(type, context));
            seen.put(key(type), known);
        }
        return known.child().map(type::cast);
    }

    private record Seen(Optional<? extends HasMetadata> child) {}

    private static String key(Class<?> type) {
        return "present " + type.getName();
    }

    private static <R extends HasMetadata> Optional<R> lookUp(Class<R> type, Context<WorkerPool> context) {
        WorkerPool pool = context.getPrimaryResource();
        return context.getSecondaryResourcesAsStream(type)
                .filter(child -> child.getMetadata().getName().equals(WorkerPoolNames.child(pool)))
                .filter(child -> child.getMetadata().getOwnerReferences().stream()
                        .anyMatch(owner ->
                                owner.getUid().equals(pool.getMetadata().getUid())))
                .findFirst();
    }

    private static boolean mayPass(Exception error) {
        return !(error instanceof NameConflictException)
                && !(error instanceof KubernetesClientException answer && isFinal(answer));
    }

    /** Whether the API server would refuse it again, whatever the retry. */
    public static boolean isFinal(KubernetesClientException answer) {
        int code = answer.getCode();
        return code >= 400
                && code < 500
                && code != HTTP_CLIENT_TIMEOUT
                && code != HTTP_CONFLICT
                && code != HTTP_TOO_MANY_REQUESTS;
    }

    private static <T> Stream<T> only(Class<T> type, List<Exception> errors) {
        return errors.stream().filter(type::isInstance).map(type::cast);
    }
}
