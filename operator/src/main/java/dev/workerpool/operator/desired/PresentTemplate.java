package dev.workerpool.operator.desired;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The template that a pool's Deployment has now, and what of it stays.
 *
 * <p>A Deployment replaces its pods on any change of their template. So what the replicas take over while they run stays in
 * the template as it is, until something changes that replaces the pods anyway; then the template catches up. New pods
 * start with what the template has and are told the rest.
 */
final class PresentTemplate {

    private final Optional<Deployment> deployment;

    PresentTemplate(Optional<Deployment> deployment) {
        this.deployment = deployment;
    }

    /** A template and what is noted of it, which costs something to make. */
    record Marked(PodTemplateSpec template, TemplateMark mark) {

        static Marked of(PodTemplateSpec template) {
            Container worker = worker(template);
            return new Marked(
                    template,
                    TemplateMark.of(
                            template, LiveEnvironment.in(worker.getEnv()).variables(), Cpu.in(worker.getResources())));
        }
    }

    /** @param newest the template that has everything as the pool says it now */
    Marked next(PodTemplateSpec newest, Release release) {
        return deployment
                .map(present -> present.getSpec().getTemplate())
                .map(present -> Marked.of(lagging(newest, present, release)))
                .filter(lagging -> staysTrue(lagging) && replicasLearn(lagging.template(), newest, release))
                .orElseGet(() -> Marked.of(newest));
    }

    /** Nothing that rolls has changed, and the present values are those we gave, not put there by hand. */
    private boolean staysTrue(Marked lagging) {
        Deployment present = deployment.orElseThrow();
        return Optional.ofNullable(present.getMetadata().getAnnotations())
                .flatMap(notes -> TemplateMark.parse(notes.get(TemplateMark.ANNOTATION)))
                .map(noted -> noted.equals(lagging.mark()))
                .orElseGet(() -> AppliedForm.covers(present.getSpec().getTemplate(), lagging.template()));
    }

    /** Either there is nothing to learn, or the pods of this template listen to us. */
    private static boolean replicasLearn(PodTemplateSpec lagging, PodTemplateSpec newest, Release release) {
        LiveEnvironment has = LiveEnvironment.in(environment(lagging));
        return has.hasSettingsOf(LiveEnvironment.in(environment(newest)))
                || release.controlKey().filter(has::trusts).isPresent();
    }

    private static PodTemplateSpec lagging(PodTemplateSpec newest, PodTemplateSpec present, Release release) {
        ResourceRequirements given = worker(present).getResources();
        List<EnvVar> environment = laggingEnvironment(newest, present);
        // A copy takes its time, and mostly nothing lags.
        PodTemplateSpec lagging =
                environment.equals(environment(newest)) ? newest : withEnvironment(newest, environment);
        Cpu before = Cpu.in(given);
        Cpu asked = cpu(newest);
        boolean inPlace = release.resizesPods() && !before.equals(asked) && before.canBecome(asked);
        return inPlace ? withCpu(lagging, given) : lagging;
    }

    private static List<EnvVar> laggingEnvironment(PodTemplateSpec newest, PodTemplateSpec present) {
        var environment = new ArrayList<EnvVar>();
        boolean placed = false;
        for (EnvVar variable : environment(newest)) {
            if (!LiveEnvironment.isLive(variable)) {
                environment.add(variable);
            } else if (!placed) {
                environment.addAll(LiveEnvironment.in(environment(present)).variables());
                placed = true;
            }
        }
        return environment;
    }

    /** All containers: those that prepare the pod ask for as much as the worker. */
    private static PodTemplateSpec withCpu(PodTemplateSpec template, ResourceRequirements from) {
        var changed = new PodTemplateSpecBuilder(template).build();
        Stream.concat(changed.getSpec().getInitContainers().stream(), changed.getSpec().getContainers().stream())
                .forEach(container -> container.setResources(new ResourceRequirementsBuilder(container.getResources())
                        .withRequests(withCpu(container.getResources().getRequests(), from.getRequests()))
                        .withLimits(withCpu(container.getResources().getLimits(), from.getLimits()))
                        .build()));
        return changed;
    }

    private static Map<String, Quantity> withCpu(Map<String, Quantity> amounts, Map<String, Quantity> from) {
        var changed = new TreeMap<>(amounts == null ? Map.of() : amounts);
        changed.remove("cpu");
        if (from != null && from.containsKey("cpu")) {
            changed.put("cpu", from.get("cpu"));
        }
        return changed;
    }

    static Cpu cpu(PodTemplateSpec template) {
        return Cpu.in(worker(template).getResources());
    }

    private static List<EnvVar> environment(PodTemplateSpec template) {
        return worker(template).getEnv();
    }

    private static Container worker(PodTemplateSpec template) {
        return template.getSpec().getContainers().stream()
                .filter(container -> WorkerPoolNames.WORKER_CONTAINER.equals(container.getName()))
                .findFirst()
                .orElseGet(() -> new ContainerBuilder()
                        .withResources(new ResourceRequirements())
                        .build());
    }

    private static PodTemplateSpec withEnvironment(PodTemplateSpec template, List<EnvVar> environment) {
        return new PodTemplateSpecBuilder(template)
                .editSpec()
                .editMatchingContainer(container -> WorkerPoolNames.WORKER_CONTAINER.equals(container.getName()))
                .withEnv(environment)
                .endContainer()
                .endSpec()
                .build();
    }
}
