package dev.workerpool.operator.dependent;

import static java.net.HttpURLConnection.HTTP_CONFLICT;

import dev.workerpool.api.v1alpha1.WorkerPool;
import dev.workerpool.operator.desired.AppliedForm;
import dev.workerpool.operator.desired.Release;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.dependent.Matcher;
import io.javaoperatorsdk.operator.processing.dependent.kubernetes.CRUDKubernetesDependentResource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * A child object of a pool, applied with server-side apply under the operator's field manager.
 *
 * <p>Only what the pool controls is ever written to. The informers see our objects alone, by label; so an object that
 * somebody else has under the same name shows itself as a conflict on creation. Then, and only then, it is read: it may
 * still be ours, seen late or with its labels taken off by hand.
 */
abstract class PoolDependent<R extends HasMetadata> extends CRUDKubernetesDependentResource<R, WorkerPool> {

    private static final String OURS = "app.kubernetes.io/managed-by=workerpool-operator";

    PoolDependent(Class<R> type) {
        super(type);
    }

    @Override
    protected InformerEventSource<R, WorkerPool> createEventSource(EventSourceContext<WorkerPool> context) {
        var configuration = informerConfigurationBuilder(context)
                .withName(name())
                .withSecondaryToPrimaryMapper(
                        getSecondaryToPrimaryMapper(context).orElseThrow())
                .withLabelSelector(OURS)
                .withInformerListLimit(ListPages.SIZE)
                .withComparableResourceVersion(false);
        Optional<CompactStore<R>> store = store(context);
        store.ifPresent(configuration::withItemStore);
        setEventSource(new ChildWatch<>(configuration.build(), store, context, System::nanoTime));
        return eventSource().orElseThrow();
    }

    private Optional<CompactStore<R>> store(EventSourceContext<WorkerPool> context) {
        boolean isOneInformer =
                context.getControllerConfiguration().getInformerConfig().watchAllNamespaces();
        return isOneInformer
                ? Optional.of(new CompactStore<>(
                        resourceType(),
                        context.getClient().getKubernetesSerialization(),
                        UnaryOperator.identity(),
                        this::empty))
                : Optional.empty();
    }

    /**
     * A pure function: what the API server should hold, given what is there.
     *
     * @param present looks it up, which costs something
     */
    protected abstract R desired(WorkerPool pool, Release release, Supplier<Optional<R>> present);

    /** Leaves what events are told by: the metadata. */
    protected abstract void empty(R child);

    @Override
    protected final R desired(WorkerPool pool, Context<WorkerPool> context) {
        return desired(pool, context, () -> Children.present(resourceType(), context));
    }

    private R desired(WorkerPool pool, Context<WorkerPool> context, Supplier<Optional<R>> present) {
        Release release =
                context.managedWorkflowAndDependentResourceContext().getMandatory(Release.class, Release.class);
        R desired = desired(pool, release, present);
        // As JSON it is looked at twice.
        context.managedWorkflowAndDependentResourceContext().put(formKey(), AppliedForm.of(desired));
        return desired;
    }

    @Override
    public Matcher.Result<R> match(R actual, R desired, WorkerPool pool, Context<WorkerPool> context) {
        AppliedForm form =
                context.managedWorkflowAndDependentResourceContext().getMandatory(formKey(), AppliedForm.class);
        return Matcher.Result.computed(form.isIn(actual), desired);
    }

    private String formKey() {
        return "form " + resourceType().getName();
    }

    @Override
    public Optional<R> getSecondaryResource(WorkerPool pool, Context<WorkerPool> context) {
        return Children.present(resourceType(), context);
    }

    @Override
    public R create(R desired, WorkerPool pool, Context<WorkerPool> context) {
        try {
            return answered(super.create(desired, pool, context), context);
        } catch (KubernetesClientException e) {
            if (e.getCode() != HTTP_CONFLICT) {
                throw e;
            }
            R existing = context.getClient().resource(desired).get();
            if (existing == null) {
                throw e;
            }
            return update(existing, desired(pool, context, () -> Optional.of(existing)), pool, context);
        }
    }

    @Override
    public R update(R actual, R desired, WorkerPool pool, Context<WorkerPool> context) {
        Optional<OwnerReference> controller = controller(actual);
        if (controller
                .filter(owner -> owner.getUid().equals(pool.getMetadata().getUid()))
                .isEmpty()) {
            throw new NameConflictException(actual, controller);
        }
        makeWay(actual, desired, context);
        return answered(super.update(actual, desired, pool, context), context);
    }

    /** Takes out of our own object what somebody added and server-side apply would leave in the way. Mostly nothing. */
    protected void makeWay(R actual, R desired, Context<WorkerPool> context) {}

    /** The informer will bring this state only later; this pass goes on with the API server's own answer. */
    private R answered(R answer, Context<WorkerPool> context) {
        context.managedWorkflowAndDependentResourceContext().put(resourceType(), answer);
        return answer;
    }

    private static Optional<OwnerReference> controller(HasMetadata object) {
        return object.getMetadata().getOwnerReferences().stream()
                .filter(owner -> Boolean.TRUE.equals(owner.getController()))
                .findFirst();
    }

    /** The desired state has its owner already, as a controller; the framework would add it as a plain one. */
    @Override
    protected void addReferenceHandlingMetadata(R desired, WorkerPool pool) {}
}
