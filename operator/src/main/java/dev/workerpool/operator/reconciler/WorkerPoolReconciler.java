package dev.workerpool.operator.reconciler;

import dev.workerpool.api.v1alpha1.WorkerPool;
import dev.workerpool.api.v1alpha1.WorkerPoolStatus;
import dev.workerpool.operator.control.ControlKey;
import dev.workerpool.operator.control.KeyWatch;
import dev.workerpool.operator.control.PeerLists;
import dev.workerpool.operator.control.SettingsChannel;
import dev.workerpool.operator.dependent.Children;
import dev.workerpool.operator.dependent.DeploymentDependent;
import dev.workerpool.operator.dependent.DisruptionBudgetDependent;
import dev.workerpool.operator.dependent.ListPages;
import dev.workerpool.operator.dependent.NetworkPolicyDependent;
import dev.workerpool.operator.dependent.ServiceDependent;
import dev.workerpool.operator.desired.Release;
import dev.workerpool.operator.desired.WorkerPoolNames;
import dev.workerpool.operator.event.EventRecorder;
import dev.workerpool.operator.event.LifeCycle;
import dev.workerpool.operator.event.Occurrence;
import dev.workerpool.operator.event.TaskRefusal;
import dev.workerpool.operator.metrics.PoolMetrics;
import dev.workerpool.operator.policy.Advice;
import dev.workerpool.operator.policy.FastRestart;
import dev.workerpool.operator.policy.TaskRefusals;
import dev.workerpool.operator.report.ReplicaReports;
import dev.workerpool.operator.report.Turns;
import dev.workerpool.operator.status.Observed;
import dev.workerpool.operator.status.Replica;
import dev.workerpool.operator.status.StatusCalculator;
import dev.workerpool.operator.status.Told;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.MaxReconciliationInterval;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.api.reconciler.Workflow;
import io.javaoperatorsdk.operator.api.reconciler.dependent.Dependent;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.prometheus.client.CollectorRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * One pass over one pool: observe, tell what happened, apply what should be, write what is.
 *
 * <p>Level-triggered and repeatable at any point; passes of one pool never overlap, passes of several do. The framework's
 * comparing of resource versions is off throughout: with it, a change that comes in while we write is taken for our own
 * echo and lost until the next event. What was written and is not in the cache yet, {@code ChildWatch} and
 * {@link StatusWriter} know.
 *
 * <p>The watches tell of every change, and list anew what they missed; the regular pass is for what nobody thought of, and
 * seldom, for thousands of pools have theirs too.
 */
@Workflow(
        explicitInvocation = true,
        handleExceptionsInReconciler = true,
        dependents = {
            @Dependent(type = DeploymentDependent.class),
            @Dependent(type = ServiceDependent.class),
            @Dependent(type = DisruptionBudgetDependent.class),
            @Dependent(type = NetworkPolicyDependent.class)
        })
@ControllerConfiguration(
        name = "workerpool",
        fieldManager = WorkerPoolNames.FIELD_MANAGER,
        informer = @Informer(comparableResourceVersions = false, informerListLimit = ListPages.SIZE),
        maxReconciliationInterval = @MaxReconciliationInterval(interval = 30, timeUnit = TimeUnit.MINUTES))
public final class WorkerPoolReconciler implements Reconciler<WorkerPool>, AutoCloseable {

    private final Release release;
    private final ControlKey controlKey;
    private final Duration whileBlocked;
    private final Clock clock;
    private final Turns turns = new Turns();
    private final PodWatch pods = new PodWatch();
    private final FirstLists firstLists = new FirstLists(System::nanoTime);
    private final History history = new History();
    private final RefusedTaskTypes refusedTypes = new RefusedTaskTypes();
    private final SettledChildren settled = new SettledChildren();
    private final Replacements replacements;
    private final StatusWriter statuses;
    private final EventRecorder events;
    private final PoolMetrics metrics;
    private final ReplicaReports reports;
    private final AutoscaledPools autoscaled;
    private final SettingsChannel settings;
    private final PeerLists peers;
    private final IdleFirst idleFirst;
    private final PodSizes sizes;

    /**
     * @param controlKey signs what the replicas are told
     * @param instance the name of this operator's pod, told in the Events it records
     * @param whileBlocked pause between looks at a pool of which a child cannot be made
     */
    public WorkerPoolReconciler(
            KubernetesClient client,
            Release release,
            ControlKey controlKey,
            String instance,
            Duration whileBlocked,
            CollectorRegistry meters,
            Clock clock) {
        this.release = release;
        this.controlKey = controlKey;
        this.whileBlocked = whileBlocked;
        this.clock = clock;
        this.replacements = new Replacements(client);
        this.statuses = new StatusWriter(client, System::nanoTime);
        this.events = new EventRecorder(client, WorkerPoolNames.FIELD_MANAGER, instance, clock);
        this.reports = new ReplicaReports(WorkerPoolNames.MANAGEMENT_PORT, turns, clock, this::forget);
        this.autoscaled = new AutoscaledPools(reports, clock);
        this.peers = new PeerLists(controlKey, clock);
        this.settings = new SettingsChannel(controlKey, peers, WorkerPoolNames.MANAGEMENT_PORT, reports, turns);
        this.idleFirst = new IdleFirst(client, reports, System::nanoTime);
        this.sizes = new PodSizes(client, System::nanoTime);
        this.metrics = new PoolMetrics(meters, reports, controlKey::newest);
    }

    @Override
    public List<EventSource<?, WorkerPool>> prepareEventSources(EventSourceContext<WorkerPool> context) {
        List<EventSource<?, WorkerPool>> sources = new ArrayList<>(pods.eventSources(context));
        sources.add(reports);
        sources.add(autoscaled);
        sources.add(firstLists);
        sources.add(new KeyWatch(controlKey, turns, context.getPrimaryCache()::keys));
        return sources;
    }

    @Override
    public UpdateControl<WorkerPool> reconcile(WorkerPool pool, Context<WorkerPool> context) {
        try {
            return pass(pool, context);
        } finally {
            if (isGone(pool, context)) {
                // It went while the pass was under way, and what the pass remembered came after the farewell.
                reports.onResourceDeleted(pool);
            }
        }
    }

    private UpdateControl<WorkerPool> pass(WorkerPool pool, Context<WorkerPool> context) {
        if (!firstLists.haveCome(ResourceID.fromResource(pool), context.eventSourceRetriever())) {
            return UpdateControl.noUpdate();
        }
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        pool.setStatus(statuses.current(pool));
        if (pool.getSpec() == null) {
            WorkerPoolStatus status = StatusCalculator.undecodable(pool, problem(pool, context), now);
            statuses.write(pool, status, false);
            metrics.update(pool, status, pods.replicas(context));
            return UpdateControl.noUpdate();
        }
        List<Replica> replicas = reports.completed(pods.replicas(context));
        Optional<Deployment> lastTold = Children.present(Deployment.class, context);
        Release present = release.withControlKey(controlKey.publicKeys()).resizingPods(sizes.arePossible());
        Release applied =
                present.resizingPods(present.resizesPods() && PodSizes.suffice(pool, replicas, lastTold, now));
        reports.follow(pool, replicas);
        TaskRefusals.Verdict verdict = refusedTypes.verdict(pool, replicas, present, now);
        Map<String, Object> sections = new HashMap<>(refusedTypes.section(pool, verdict));
        sections.putAll(peers.section(pool, replicas));
        settings.bring(pool, replicas, sections);
        Told told = settings.told(present, replicas);
        Optional<Advice> advice = autoscaled.advice(pool, replicas, lastTold, now);
        // This pass's own copy of the spec: the user's is never written.
        advice.filter(_ -> pool.getSpec().autoscaling().decides())
                .ifPresent(advised -> pool.setSpec(pool.getSpec().withReplicas(advised.replicas())));
        FastRestart.Plan restarts = replacements.plan(pool, replicas, lastTold, now);
        List<Occurrence> occurrences = history.occurrences(pool, replicas, told, lastTold, advice, now);
        restarts.replaced().forEach(replica -> LifeCycle.replaced(replica).ifPresent(occurrences::add));
        occurrences.addAll(TaskRefusal.of(verdict, now));
        events.record(pool, occurrences);

        idleFirst.prepare(pool, lastTold, replicas);
        Children children = settled.apply(pool, context, applied);
        var unapplied = new Unapplied(children, sizes.bring(pool, replicas, applied));

        WorkerPoolStatus status = StatusCalculator.calculate(
                pool,
                new Observed(
                        children.deployment(),
                        replicas,
                        unapplied.all(),
                        Troubles.of(pool, unapplied, context.getRetryInfo(), replicas, reports),
                        restarts.names(),
                        advice.map(Advice::toStatus),
                        verdict.refused(),
                        verdict.past(),
                        told,
                        settled.digest(pool)),
                now);
        Optional<Duration> statusWaits =
                statuses.write(pool, status, unapplied.failures().isEmpty());
        // Counted first: a pod that is gone can no longer tell of its restarts.
        replacements.carryOut(pool, restarts);
        metrics.update(pool, status, replicas);
        return NextPass.after(
                unapplied, replicas, whileBlocked, statusWaits, restarts.lookAgain(), verdict.lookAgain(), now);
    }

    private static boolean isGone(WorkerPool pool, Context<WorkerPool> context) {
        return context.getPrimaryCache()
                .get(ResourceID.fromResource(pool))
                .filter(present ->
                        present.getMetadata().getUid().equals(pool.getMetadata().getUid()))
                .isEmpty();
    }

    /** The framework hands out a copy, and a copy does not remember what was wrong with the original. */
    private static String problem(WorkerPool pool, Context<WorkerPool> context) {
        return context.getPrimaryCache()
                .get(ResourceID.fromResource(pool))
                .flatMap(WorkerPool::problem)
                .orElse("unknown");
    }

    /** Ends what goes on between passes. */
    @Override
    public void close() {
        settings.close();
        turns.close();
        events.close();
        metrics.close();
    }

    private void forget(WorkerPool pool) {
        settings.forget(pool);
        peers.forget(pool);
        statuses.forget(pool);
        events.forget(pool);
        history.forget(pool);
        settled.forget(pool);
        replacements.forget(pool);
        idleFirst.forget(pool);
        autoscaled.forget(pool);
        refusedTypes.forget(pool);
        metrics.forget(pool);
    }
}
