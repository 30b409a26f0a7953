package dev.workerpool.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/**
 * A pool of workers: {@code replicas} pods behind one Service port, each running tasks on {@code threads} threads.
 *
 * <p>The name is bounded because the pool's Service bears it (a DNS-1035 label) and its pods add a suffix to it.
 */
@Group("workerpool.dev")
@Version("v1alpha1")
@Kind("WorkerPool")
@Plural("workerpools")
@ShortNames("wp")
@Categories("all")
@AdditionalPrinterColumn(
        name = "READY",
        jsonPath = ".status.readyReplicas",
        type = AdditionalPrinterColumn.Type.INTEGER,
        getDescription = "Replicas that take tasks now.")
@AdditionalPrinterColumn(
        name = "DESIRED",
        jsonPath = ".spec.replicas",
        type = AdditionalPrinterColumn.Type.INTEGER,
        getDescription = "Replicas asked for.")
@AdditionalPrinterColumn(
        name = "THREADS",
        jsonPath = ".status.threads",
        type = AdditionalPrinterColumn.Type.INTEGER,
        getDescription = "Threads of all Ready replicas.")
@AdditionalPrinterColumn(
        name = "RESTARTS",
        jsonPath = ".status.restarts",
        type = AdditionalPrinterColumn.Type.INTEGER,
        getDescription = "Worker restarts since the pool was created.")
@AdditionalPrinterColumn(
        name = "AGE",
        jsonPath = ".metadata.creationTimestamp",
        type = AdditionalPrinterColumn.Type.DATE,
        getDescription = "Time since the pool was created.")
@ValidationRule(
        value = "self.metadata.name.matches('^[a-z]([-a-z0-9]*[a-z0-9])?$') && size(self.metadata.name) <= 52",
        message = "metadata.name must be at most 52 characters of a-z, 0-9 and '-', start with a letter and end with a"
                + " letter or digit: the pool's Service bears this name")
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public class WorkerPool extends CustomResource<WorkerPoolSpec, WorkerPoolStatus> implements Namespaced {

    private static final long serialVersionUID = 1;

    @Override
    @JsonPropertyDescription("What the pool should be. Every field has a default; the operator never writes here.")
    public WorkerPoolSpec getSpec() {
        return super.getSpec();
    }

    @Override
    @JsonPropertyDescription("What the pool is, as last observed. Written by the operator alone.")
    public WorkerPoolStatus getStatus() {
        return super.getStatus();
    }

    /** A pool without a spec is a valid pool: all defaults. */
    @Override
    protected WorkerPoolSpec initSpec() {
        return WorkerPoolSpec.DEFAULTS;
    }

    @Override
    protected WorkerPoolStatus initStatus() {
        return null;
    }
}
