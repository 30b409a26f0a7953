package dev.workerpool.operator.desired;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.ServicePortBuilder;
import io.fabric8.kubernetes.api.model.TolerationBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AppliedFormTest {
    private static final ObjectMapper MAPPER = Serialization.jsonMapper();

    private final Deployment desired = deployment("{replicas: 2, threads: 1}");

    private static Deployment deployment(String spec) {
        return noted(DesiredDeployment.of(Pools.pool(spec), Pools.RELEASE, Optional.empty()));
    }

    private static <R extends HasMetadata> R noted(R desired) {
        AppliedForm.of(desired);
        return desired;
    }

    /** @param desired with the note, which is made anew */
    private static boolean isIn(HasMetadata actual, HasMetadata desired) {
        HasMetadata bare = object(MAPPER.valueToTree(desired), desired);
        bare.getMetadata().getAnnotations().remove(AppliedForm.ANNOTATION);
        return AppliedForm.of(bare).isIn(actual);
    }

    @Test
    void whatWasAppliedIsIn() {
        assertThat(isIn(new DeploymentBuilder(desired).build(), desired)).isTrue();
    }

    @Test
    void theNoteIsTheSameEachTime() {
        assertThat(deployment("{replicas: 2, threads: 1}")).isEqualTo(desired);
    }

    @Test
    void whatOthersAddIsTheirs() {
        Deployment actual = new DeploymentBuilder(desired)
                .editMetadata()
                .addToLabels("team", "images")
                .addToAnnotations("deployment.kubernetes.io/revision", "7")
                .addNewOwnerReference()
                .withKind("ConfigMap")
                .withName("somebody")
                .withUid("1-2")
                .endOwnerReference()
                .endMetadata()
                .editSpec()
                .withPaused(false)
                .editTemplate()
                .editSpec()
                .addNewContainer()
                .withName("sidecar")
                .endContainer()
                .editFirstContainer()
                .addNewEnv()
                .withName("HTTP_PROXY")
                .withValue("here")
                .endEnv()
                .withStdin(false)
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec()
                .withNewStatus()
                .withReadyReplicas(2)
                .endStatus()
                .build();

        assertThat(isIn(actual, desired)).isTrue();
    }

    @Test
    void whatWeNoLongerApplyIsToBeTakenOut() {
        Deployment labelled = deployment("{replicas: 2, threads: 1, labels: {team: images}}");

        assertThat(isIn(labelled, desired)).isFalse();
    }

    @Test
    void anObjectWithoutTheNoteIsAppliedAgain() {
        Deployment actual = new DeploymentBuilder(desired)
                .editMetadata()
                .removeFromAnnotations(AppliedForm.ANNOTATION)
                .endMetadata()
                .build();

        assertThat(isIn(actual, desired)).isFalse();
    }

    @Test
    void anEmptyVariableHasNoValueToTheApiServer() {
        Deployment empty = deployment("{env: [{name: EMPTY}]}");
        Deployment actual = new DeploymentBuilder(empty).build();
        actual.getSpec().getTemplate().getSpec().getContainers().getFirst().getEnv().stream()
                .filter(variable -> variable.getName().equals("EMPTY"))
                .forEach(variable -> variable.setValue(null));

        assertThat(isIn(actual, empty)).isTrue();
    }

    @Test
    void anElementPutInPlaceOfOursIsSeen() {
        var port = DesiredService.of(Pools.pool());
        noted(port);
        var actual = new ServiceBuilder(port)
                .editSpec()
                .withPorts(new ServicePortBuilder()
                        .withPort(1)
                        .withTargetPort(new IntOrString(2))
                        .build())
                .endSpec()
                .build();

        assertThat(isIn(actual, port)).isFalse();
    }

    @Test
    void aListThatIsOneOwnersIsOursAsAWhole() {
        Deployment tolerant = deployment("{scheduling: {tolerations: [{key: gpu, operator: Exists}]}}");
        Deployment actual = new DeploymentBuilder(tolerant)
                .editSpec()
                .editTemplate()
                .editSpec()
                .addToTolerations(new TolerationBuilder().withOperator("Exists").build())
                .endSpec()
                .endTemplate()
                .endSpec()
                .build();

        assertThat(isIn(actual, tolerant)).isFalse();
    }

    @Test
    void aRuleThatIsOpenedWiderIsSeen() {
        NetworkPolicy policy = noted(DesiredNetworkPolicy.of(Pools.pool(), Pools.RELEASE));
        NetworkPolicy actual = new NetworkPolicyBuilder(policy)
                .editSpec()
                .addNewIngress()
                .endIngress()
                .endSpec()
                .build();

        assertThat(isIn(actual, policy)).isFalse();
    }

    /** Every value there is, changed one by one. */
    @ParameterizedTest
    @MethodSource("children")
    void whateverIsChangedByHandIsSeen(HasMetadata child) {
        JsonNode tree = MAPPER.valueToTree(child);
        List<String> leaves = leaves("", tree);
        assertThat(leaves).hasSizeGreaterThan(10);

        assertThat(leaves).allSatisfy(leaf -> assertThat(
                        isIn(object(changed(tree.deepCopy(), leaf, AppliedFormTest::other), child), child))
                .as("changed " + leaf)
                .isFalse());
    }

    /** … and taken out. */
    @ParameterizedTest
    @MethodSource("children")
    void whateverIsTakenOutByHandIsSeen(HasMetadata child) {
        JsonNode tree = MAPPER.valueToTree(child);

        assertThat(leaves("", tree))
                .allSatisfy(leaf -> assertThat(isIn(object(changed(tree.deepCopy(), leaf, _ -> null), child), child))
                        .as("taken out " + leaf)
                        .isFalse());
    }

    static Stream<HasMetadata> children() {
        var pool = Pools.pool("""
                image: example/tasks:1
                threads: 2
                labels: {team: images}
                tasks:
                  artifacts: [{configMap: jars}, {image: example/jar:1}, {persistentVolumeClaim: claim}]
                resources: {requests: {cpu: 500m}, limits: {memory: 1Gi}}
                scheduling:
                  nodeSelector: {disk: fast}
                  tolerations: [{key: gpu, operator: Exists, effect: NoSchedule}]
                  topologySpread: [{topologyKey: zone, maxSkew: 1, whenUnsatisfiable: ScheduleAnyway}]
                service: {port: 8080, allowedNamespaces: [web]}
                access: {tls: {secretName: tls}, tokens: {secretName: tokens}}
                """);
        return Stream.of(
                        DesiredDeployment.of(pool, Pools.RELEASE, Optional.empty()),
                        DesiredService.of(pool),
                        DesiredNetworkPolicy.of(pool, Pools.RELEASE),
                        DesiredDisruptionBudget.of(pool))
                .map(AppliedFormTest::noted);
    }

    /** JSON pointers. */
    private static List<String> leaves(String at, JsonNode node) {
        if (!node.isContainerNode() || node.isEmpty()) {
            // Names of kinds are not to be changed: it would be another kind.
            return at.equals("/kind") || at.equals("/apiVersion") ? List.of() : List.of(at);
        }
        var leaves = new ArrayList<String>();
        node.properties()
                .forEach(
                        field -> leaves.addAll(leaves(at + "/" + field.getKey().replace("/", "~1"), field.getValue())));
        IntStream.range(0, node.size())
                .filter(_ -> node.isArray())
                .forEach(index -> leaves.addAll(leaves(at + "/" + index, node.get(index))));
        return leaves;
    }

    private static JsonNode changed(JsonNode tree, String leaf, UnaryOperator<JsonNode> how) {
        int last = leaf.lastIndexOf('/');
        JsonNode parent = tree.at(leaf.substring(0, last));
        String name = leaf.substring(last + 1).replace("~1", "/");
        if (parent instanceof ArrayNode array) {
            int index = Integer.parseInt(name);
            JsonNode other = how.apply(array.get(index));
            if (other == null) {
                array.remove(index);
            } else {
                array.set(index, other);
            }
        } else {
            var object = (ObjectNode) parent;
            JsonNode other = how.apply(object.get(name));
            if (other == null) {
                object.remove(name);
            } else {
                object.set(name, other);
            }
        }
        return tree;
    }

    private static JsonNode other(JsonNode value) {
        if (value.isContainerNode()) {
            return null;
        }
        if (value.isNumber()) {
            return MAPPER.getNodeFactory().numberNode(value.intValue() + 1);
        }
        if (value.isBoolean()) {
            return MAPPER.getNodeFactory().booleanNode(!value.booleanValue());
        }
        // Of quantities as well as of names another one.
        return MAPPER.getNodeFactory().textNode("7" + value.asText());
    }

    private static HasMetadata object(JsonNode tree, HasMetadata like) {
        return MAPPER.convertValue(tree, like.getClass());
    }
}
