package dev.workerpool.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;

/**
 * What a call has to bring at the task port, and how it travels.
 *
 * <p>Of the Secrets only their names are here: the pods mount them, and neither the operator nor who reads a WorkerPool sees
 * what is in them.
 *
 * @param tls null for plain HTTP
 * @param tokens null where a call needs none
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record AccessSpec(
        @JsonPropertyDescription(
                "TLS on the task port, for clients and between the replicas; plain HTTP is refused there. A"
                        + " connection over TLS ends with its worker when that dies, where a plain one is kept. To turn"
                        + " it on or off is not seamless: while that rolls, replicas speak one or the other. Default:"
                        + " none, plain HTTP.")
        TlsSpec tls,

        @JsonPropertyDescription(
                "Bearer tokens, one of which each call at the task port has to bring ('Authorization: Bearer TOKEN'),"
                        + " else it is refused with 401. Without tls they travel in the clear: for where TLS ends before"
                        + " the pool, as in a mesh. Default: none, anybody whom the NetworkPolicy lets in may call.")
        TokensSpec tokens) {

    static final AccessSpec DEFAULTS = new AccessSpec(null, null);
}
