package dev.workerpool.operator.desired;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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

    /** @param newest the template that has everything as the pool says it now */
    PodTemplateSpec next(PodTemplateSpec newest, Release release) {
        return deployment
                .map(present -> present.getSpec().getTemplate())
                .map(present -> lagging(newest, LiveEnvironment.in(environment(present))))
                .filter(lagging -> staysTrue(lagging) && replicasLearn(lagging, newest, release))
                .orElse(newest);
    }

    static TemplateMark mark(PodTemplateSpec template) {
        List<EnvVar> none = environment(template).stream()
                .filter(variable -> !LiveEnvironment.isLive(variable))
                .toList();
        return TemplateMark.of(
                withEnvironment(template, none),
                LiveEnvironment.in(environment(template)).variables());
    }

    /** Nothing that rolls has changed, and the present values are those we gave, not put there by hand. */
    private boolean staysTrue(PodTemplateSpec lagging) {
        Deployment present = deployment.orElseThrow();
        return Optional.ofNullable(present.getMetadata().getAnnotations())
                .flatMap(notes -> TemplateMark.parse(notes.get(TemplateMark.ANNOTATION)))
                .map(noted -> noted.equals(mark(lagging)))
                .orElseGet(() -> TemplateMark.covers(present.getSpec().getTemplate(), lagging));
    }

    /** Either there is nothing to learn, or the pods of this template listen to us. */
    private static boolean replicasLearn(PodTemplateSpec lagging, PodTemplateSpec newest, Release release) {
        LiveEnvironment has = LiveEnvironment.in(environment(lagging));
        return has.hasSettingsOf(LiveEnvironment.in(environment(newest)))
                || release.controlKey().filter(has::trusts).isPresent();
    }

    private static PodTemplateSpec lagging(PodTemplateSpec newest, LiveEnvironment present) {
        var environment = new ArrayList<EnvVar>();
        boolean placed = false;
        for (EnvVar variable : environment(newest)) {
            if (!LiveEnvironment.isLive(variable)) {
                environment.add(variable);
            } else if (!placed) {
                environment.addAll(present.variables());
                placed = true;
            }
        }
        return withEnvironment(newest, environment);
    }

    private static List<EnvVar> environment(PodTemplateSpec template) {
        return template.getSpec().getContainers().stream()
                .filter(PresentTemplate::isWorker)
                .findFirst()
                .map(Container::getEnv)
                .orElse(List.of());
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

    private static boolean isWorker(Container container) {
        return WorkerPoolNames.WORKER_CONTAINER.equals(container.getName());
    }
}
