package dev.workerpool.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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
import java.util.Optional;

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
        jsonPath = ".status.desiredReplicas",
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

    private static final ObjectMapper MAPPER = new ObjectMapper();

    @JsonIgnore
    private transient String problem;

    /** Null when what the API server holds does not fit the types of this version: see {@link #problem()}. */
    @Override
    @JsonProperty
    @JsonPropertyDescription("What the pool should be. Every field has a default; the operator never writes here.")
    public WorkerPoolSpec getSpec() {
        return super.getSpec();
    }

    @Override
    @JsonIgnore
    public void setSpec(WorkerPoolSpec spec) {
        super.setSpec(spec);
    }

    @Override
    @JsonProperty
    @JsonPropertyDescription("What the pool is, as last observed. Written by the operator alone.")
    public WorkerPoolStatus getStatus() {
        return super.getStatus();
    }

    @Override
    @JsonIgnore
    public void setStatus(WorkerPoolStatus status) {
        super.setStatus(status);
    }

    /** Why the spec could not be decoded, if it could not. */
    public Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    /**
     * A spec that was written under another version of the schema may not fit. Failing here would fail the whole list it
     * came in, and with it the watch of all pools.
     */
    @JsonProperty("spec")
    private void decodeSpec(JsonNode json) {
        try {
            setSpec(MAPPER.treeToValue(json, WorkerPoolSpec.class));
        } catch (JsonProcessingException e) {
            problem = e.getOriginalMessage();
        }
    }

    /** A status that does not fit is as good as none: the operator writes it anew. */
    @JsonProperty("status")
    private void decodeStatus(JsonNode json) {
        try {
            setStatus(MAPPER.treeToValue(json, WorkerPoolStatus.class));
        } catch (JsonProcessingException e) {
            setStatus(null);
        }
    }

    /** The API server fills in a spec where there is none, so an absent one is one that could not be decoded. */
    @Override
    protected WorkerPoolSpec initSpec() {
        return null;
    }

    @Override
    protected WorkerPoolStatus initStatus() {
        return null;
    }
}
