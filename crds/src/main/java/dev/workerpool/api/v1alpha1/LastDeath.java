package dev.workerpool.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;

/** How the worker that died last died. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record LastDeath(
        @JsonPropertyDescription("Pod of the replica whose worker died.") @Size(max = 253)
        String pod,

        @JsonPropertyDescription("Exit code of the worker; 128 and more: it was ended by a signal.")
        Integer exitCode,

        @JsonPropertyDescription("Name of the signal that ended the worker, such as SIGKILL; absent when it exited.")
        @Size(max = 32)
        String signal,

        @JsonPropertyDescription(
                "Reason the node gave: OOMKilled, Error, ContainerCannotRun and others. When the worker was forked again in its"
                        + " container, which the node does not notice: OOMKilled or Error.")
        @Size(max = 1024)
        String reason,

        @JsonPropertyDescription("Last words of the worker: the end of what it wrote. At most 2048 characters.")
        @Size(max = 2048)
        String message,

        @JsonPropertyDescription("When the worker died, RFC 3339.") @Size(max = 64)
        String at) {}
