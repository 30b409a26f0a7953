package dev.workerpool.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** One place jars with tasks come from: exactly one of the fields is set. */
@ValidationRule(
        value = "[has(self.image), has(self.configMap), has(self.persistentVolumeClaim)].filter(x, x).size() == 1",
        message = "an artifact must have exactly one of image, configMap and persistentVolumeClaim")
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ArtifactSource(
        @JsonPropertyDescription(
                "An image with jars under /tasks; nothing in it is run, so it may be FROM scratch. 1-1024 characters."
                        + " Rolling: a change replaces the pods.")
        @Size(max = 1024)
        @ValidationRule(value = Rules.IMAGE, message = "image " + Rules.IMAGE_FORM)
        String image,

        @JsonPropertyDescription(
                "The name of a ConfigMap in the pool's namespace whose binaryData holds jars, each under a key that"
                        + " ends in .jar. 1-253 characters. Rolling: a change replaces the pods; a change of the"
                        + " ConfigMap itself does not.")
        @Size(max = 253)
        @ValidationRule(
                value = "self.matches('" + Rules.DNS_SUBDOMAIN + "')",
                message = "configMap must be the name of a ConfigMap: a-z, 0-9, '-' and '.', starting and ending with a"
                        + " letter or digit")
        String configMap,

        @JsonPropertyDescription(
                "The name of a PersistentVolumeClaim in the pool's namespace with jars in its root; mounted read-only"
                        + " by every replica. 1-253 characters. Rolling: a change replaces the pods.")
        @Size(max = 253)
        @ValidationRule(
                value = "self.matches('" + Rules.DNS_SUBDOMAIN + "')",
                message = "persistentVolumeClaim must be the name of a PersistentVolumeClaim: a-z, 0-9, '-' and '.',"
                        + " starting and ending with a letter or digit")
        String persistentVolumeClaim) {}
