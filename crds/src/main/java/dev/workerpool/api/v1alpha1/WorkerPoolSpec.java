package dev.workerpool.api.v1alpha1;

import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.SchemaFrom;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.model.annotation.SpecReplicas;
import java.util.List;
import java.util.Map;

/**
 * What a pool should be. Nothing here is required.
 *
 * <p>A section or value that is absent reads as its default, the same the schema fills in, so that no reader meets a
 * null where the schema promises a value. Null remains where absence has a meaning: {@code threads}, {@code image},
 * {@code imagePullPolicy}, {@code service.nodePort}, {@code access.tls}, {@code access.tokens}, {@code autoscaling},
 * {@code tasks.maxAllocation}, {@code runs.retentionSize} and amounts of resources.
 */
@ValidationRule(
        value = WorkerPoolSpec.ONE_WRITER_OF_REPLICAS,
        message = "replicas can only be left out or set to 0, which stops the pool, while autoscaling is Active: change"
                + " autoscaling.minReplicas and maxReplicas instead",
        fieldPath = ".replicas")
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record WorkerPoolSpec(
        @JsonPropertyDescription(
                "Replicas: pods that each run one worker. 0 stops the pool and keeps its Service. With autoscaling in mode"
                        + " Active: how many to start with, and then only to be left out or set to 0. Default: 1."
                        + " 0-1000. Live: pods are added, or drained and removed.")
        @Min(0)
        @Max(1000)
        @Default("" + WorkerPoolSpec.DEFAULT_REPLICAS)
        @SpecReplicas
        Integer replicas,

        @JsonPropertyDescription(
                "Worker threads per replica: the tasks it runs at a time. Default: the CPU limit, else the CPU request,"
                        + " rounded up, else 1. 1-512. Live: the replicas take it over without a restart.")
        @Min(1)
        @Max(512)
        Integer threads,

        @JsonPropertyDescription("The queue in front of each replica's threads.")
        QueueSpec queue,

        @JsonPropertyDescription("The tasks of the pool and the limits of a run.")
        TasksSpec tasks,

        @JsonPropertyDescription("What is kept of runs that can be asked for later.")
        RunsSpec runs,

        @JsonPropertyDescription(
                "Settings handed to tasks, by name. Keys: 1-253 letters, digits, '-', '_' and '.'. Values: at most"
                        + " 32768 characters, none a control character but tab, line feed, form feed and carriage"
                        + " return; all together at most 60 KiB in UTF-8. Default: none. At most 256. Live: the"
                        + " replicas take it over without a restart.")
        @Size(max = 256)
        @ValidationRule(
                value = "self.all(k, k.matches('^[-._a-zA-Z0-9]{1,253}$'))",
                message = "config must have keys of 1-253 letters, digits, '-', '_' and '.'")
        @ValidationRule(
                value = "self.map(k, size(k) + size(bytes(self[k]))).sum() <= 61440",
                message = "config must be at most 60 KiB in all, keys and values in UTF-8")
        @ValidationRule(
                value = "self.all(k, !self[k].matches('[\\x00-\\x08\\x0e-\\x1f]'))",
                message = WorkerPoolSpec.NO_CONTROL_CHARACTERS)
        // By itself: with it the expression above would cost too much.
        @ValidationRule(
                value = "self.all(k, !self[k].contains('\\x0b'))",
                message = WorkerPoolSpec.NO_CONTROL_CHARACTERS)
        Map<String, @Size(max = 32_768) String> config,

        @JsonPropertyDescription(
                "Image of the worker. Default: the worker image of the operator's release. 1-1024 characters. Rolling:"
                        + " a change replaces the pods.")
        @Size(max = 1024)
        @ValidationRule(value = Rules.IMAGE, message = "image " + Rules.IMAGE_FORM)
        String image,

        @JsonPropertyDescription(
                "When a node pulls the images of the pool: Always, IfNotPresent or Never. Default: Always for the tag"
                        + " latest, else IfNotPresent. Rolling: a change replaces the pods.")
        @SchemaFrom(type = WorkerPoolSpec.PullPolicy.class)
        String imagePullPolicy,

        @JsonPropertyDescription("CPU and memory of each replica.")
        ResourcesSpec resources,

        @JsonPropertyDescription("The port in front of the replicas, and who may call it.")
        ServiceSpec service,

        @JsonPropertyDescription(
                "TLS and bearer tokens on the task port, from Secrets of the pool's namespace that the pods mount. The"
                        + " management port has neither, it stays behind the NetworkPolicy. Default: none, plain HTTP for"
                        + " anybody whom the NetworkPolicy lets in.")
        AccessSpec access,

        @JsonPropertyDescription(
                "Lets the number of replicas follow the load. Default: none, the number is that of replicas. To take it out"
                        + " goes to that number at once, 1 where it was left out: set replicas in the same change.")
        AutoscalingSpec autoscaling,

        @JsonPropertyDescription("How a replica leaves.") DrainSpec drain,

        @JsonPropertyDescription("On which nodes the replicas run.")
        SchedulingSpec scheduling,

        @JsonPropertyDescription(
                "Environment variables of the workers, literals only. Default: none. At most 64. Rolling: a change"
                        + " replaces the pods.")
        @Size(max = 64)
        List<EnvironmentVariable> env,

        @JsonPropertyDescription(
                "Labels for the pods, beside the operator's own. Not under workerpool.dev/, kubernetes.io/ or k8s.io/"
                        + " or their subdomains, and not pod-template-hash. Default: none. At most 32. Rolling: a change"
                        + " replaces the pods.")
        @Size(max = 32)
        @ValidationRule(
                value = "self.all(k, " + Rules.LABEL + ")",
                message = "labels must have keys such as team or example.com/team and values of at most 63 letters,"
                        + " digits, '-', '_' and '.'")
        @ValidationRule(
                value = "self.all(k, !k.matches('^([^/]*[.])?(workerpool[.]dev|kubernetes[.]io|k8s[.]io)/')"
                        + " && k != 'pod-template-hash')",
                message = "labels must not be under workerpool.dev/, kubernetes.io/ or k8s.io/ or their subdomains, nor"
                        + " be pod-template-hash: they belong to the operator and to Kubernetes")
        Map<String, @Size(max = 63) String> labels) {

    static final int DEFAULT_REPLICAS = 1;

    static final String NO_CONTROL_CHARACTERS =
            "config must have no control characters but tab, line feed, form feed and carriage return";

    /**
     * The operator sets the number then, and a user, an HPA or {@code kubectl scale} would write one that nobody heeds. Left
     * out, the field reads as its default.
     */
    static final String ONE_WRITER_OF_REPLICAS = "!has(self.autoscaling) || self.autoscaling.mode != 'Active'"
            + " || !has(oldSelf.autoscaling) || oldSelf.autoscaling.mode != 'Active'"
            + " || self.replicas == oldSelf.replicas || self.replicas <= 1 || oldSelf.replicas == 0";

    static final WorkerPoolSpec DEFAULTS = new WorkerPoolSpec(
            null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null);

    enum PullPolicy {
        Always,
        IfNotPresent,
        Never
    }

    public WorkerPoolSpec {
        replicas = requireNonNullElse(replicas, DEFAULT_REPLICAS);
        queue = requireNonNullElse(queue, QueueSpec.DEFAULTS);
        tasks = requireNonNullElse(tasks, TasksSpec.DEFAULTS);
        runs = requireNonNullElse(runs, RunsSpec.DEFAULTS);
        config = Map.copyOf(requireNonNullElse(config, Map.of()));
        resources = requireNonNullElse(resources, ResourcesSpec.DEFAULTS);
        service = requireNonNullElse(service, ServiceSpec.DEFAULTS);
        access = requireNonNullElse(access, AccessSpec.DEFAULTS);
        drain = requireNonNullElse(drain, DrainSpec.DEFAULTS);
        scheduling = requireNonNullElse(scheduling, SchedulingSpec.DEFAULTS);
        env = List.copyOf(requireNonNullElse(env, List.of()));
        labels = Map.copyOf(requireNonNullElse(labels, Map.of()));
    }

    /** The same with another number of replicas. */
    public WorkerPoolSpec withReplicas(int number) {
        return new WorkerPoolSpec(
                number,
                threads,
                queue,
                tasks,
                runs,
                config,
                image,
                imagePullPolicy,
                resources,
                service,
                access,
                autoscaling,
                drain,
                scheduling,
                env,
                labels);
    }
}
