package dev.workerpool.api.v1alpha1;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.crdv2.generator.CRDPostProcessor;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceColumnDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;

/** Generates the CRD from the types, and adds what the generator's annotations cannot say. */
final class CrdYaml {

    private static final String HEADER =
            "# Generated from the types in crds/src by: mvn -pl crds test -Dtest=CommittedCrdTest -Dcrd.write. Do not edit.\n";

    /** The generator sorts columns by their path; kubectl shows them in the order of the file. */
    private static final List<String> COLUMNS = List.of("READY", "DESIRED", "THREADS", "RESTARTS", "AGE");

    private CrdYaml() {}

    static String generate() {
        var output = new InMemory();
        new CRDGenerator()
                .customResourceClasses(WorkerPool.class)
                .forCRDVersions("v1")
                .withParallelGenerationEnabled(false)
                .withPostProcessor(new Finish())
                .withOutput(output)
                .generate();
        String yaml = output.bytes.toString(StandardCharsets.UTF_8);
        return HEADER + yaml.substring(yaml.indexOf('\n') + 1);
    }

    private static final class Finish implements CRDPostProcessor {

        @Override
        public HasMetadata process(HasMetadata crd, String crdSpecVersion) {
            ((CustomResourceDefinition) crd).getSpec().getVersions().forEach(this::finish);
            return crd;
        }

        private void finish(CustomResourceDefinitionVersion version) {
            List<CustomResourceColumnDefinition> columns = new ArrayList<>(version.getAdditionalPrinterColumns());
            columns.sort(Comparator.comparing(column -> COLUMNS.indexOf(column.getName())));
            version.setAdditionalPrinterColumns(columns);

            JSONSchemaProps root = version.getSchema().getOpenAPIV3Schema();
            root.setDescription("A pool of workers: pods that share one Service port, each running CPU-bound tasks on a"
                    + " fixed set of threads.");
            dropRepeatedRules(root);
            boundQuantities(root);

            // Values inside a section get their defaults only if the section is there.
            JSONSchemaProps spec = root.getProperties().get("spec");
            spec.setDefault(JsonNodeFactory.instance.objectNode());
            for (String section : List.of("queue", "tasks", "runs", "service", "drain")) {
                spec.getProperties().get(section).setDefault(JsonNodeFactory.instance.objectNode());
            }
            list(root, "map", List.of("name"), "spec", "env");
            list(root, "map", List.of("topologyKey", "whenUnsatisfiable"), "spec", "scheduling", "topologySpread");
            list(root, "set", null, "spec", "service", "allowedNamespaces");
            list(root, "map", List.of("type"), "status", "conditions");
        }

        private static void list(JSONSchemaProps root, String type, List<String> keys, String... path) {
            JSONSchemaProps schema = root;
            for (String field : path) {
                schema = schema.getProperties().get(field);
            }
            schema.setXKubernetesListType(type);
            if (keys != null) {
                schema.setXKubernetesListMapKeys(keys);
            }
        }

        /** A record component hands its annotations to its field and to its accessor; the generator reads both. */
        private static void dropRepeatedRules(JSONSchemaProps schema) {
            schema.setXKubernetesValidations(new ArrayList<>(new LinkedHashSet<>(schema.getXKubernetesValidations())));
            children(schema).forEach(Finish::dropRepeatedRules);
        }

        /** The API server weighs a rule by the longest value it could meet. */
        private static void boundQuantities(JSONSchemaProps schema) {
            if (Boolean.TRUE.equals(schema.getXKubernetesIntOrString())) {
                schema.setMaxLength(32L);
            }
            children(schema).forEach(Finish::boundQuantities);
        }

        private static List<JSONSchemaProps> children(JSONSchemaProps schema) {
            List<JSONSchemaProps> children = new ArrayList<>();
            if (schema.getProperties() != null) {
                children.addAll(schema.getProperties().values());
            }
            if (schema.getItems() != null) {
                children.add(schema.getItems().getSchema());
            }
            if (schema.getAdditionalProperties() != null) {
                children.add(schema.getAdditionalProperties().getSchema());
            }
            return children;
        }
    }

    private static final class InMemory extends CRDGenerator.AbstractCRDOutput<ByteArrayOutputStream> {

        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        @Override
        protected ByteArrayOutputStream createStreamFor(String crdName) throws IOException {
            return bytes;
        }

        @Override
        public URI crdURI(String crdName) {
            return URI.create("file:///" + crdName);
        }
    }
}
