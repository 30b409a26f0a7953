package dev.workerpool.operator.desired;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.api.v1alpha1.WorkerPool;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** When the template of the pods changes, and with it the pods. */
class LiveChangeTest {

    private static final Release KEYLESS = Pools.RELEASE;
    private static final Release RELEASE = KEYLESS.withControlKey(Optional.of("a-key"));
    private static final Release OTHER_KEY = KEYLESS.withControlKey(Optional.of("other-key"));

    private static final List<String> LIVE = List.of(
            "{threads: 8}",
            "{queue: {capacity: 1}}",
            "{queue: {maxWait: 1s}}",
            "{tasks: {timeout: 1s}}",
            "{tasks: {maxAllocation: 1Gi}}",
            "{config: {a: b}}",
            "{replicas: 9}",
            "{service: {port: 80}}");

    private static final List<String> ROLLING = List.of(
            "{image: own:1}",
            "{env: [{name: A, value: b}]}",
            "{labels: {a: b}}",
            "{tasks: {isolation: PerThread}}",
            "{tasks: {maxBodySize: 1Mi}}",
            "{tasks: {sharedMemory: 1Mi}}",
            "{runs: {retention: 1m}}",
            "{runs: {retentionSize: 1Mi}}",
            "{tasks: {artifacts: [{configMap: jars}]}}",
            "{scheduling: {nodeSelector: {disk: ssd}}}",
            "{resources: {limits: {memory: 1Gi}}}",
            "{access: {tls: {secretName: a}}}",
            "{access: {tokens: {secretName: a}}}",
            "{drain: {timeout: 5s}}");

    static Stream<String> live() {
        return LIVE.stream();
    }

    static Stream<String> rolling() {
        return ROLLING.stream();
    }

    @ParameterizedTest
    @MethodSource("live")
    void whatIsLiveLeavesTheTemplateAsItIs(String change) {
        Deployment before = stored(RELEASE, "{}", 1);

        assertThat(template(RELEASE, change, 2, before)).isEqualTo(template(before));
        assertThat(template(RELEASE, "{}", 3, before)).isEqualTo(template(before));
    }

    @ParameterizedTest
    @MethodSource("rolling")
    void whatRollsTakesAllThatIsLiveWithIt(String change) {
        Deployment before = next(RELEASE, "{threads: 8}", 2, stored(RELEASE, "{}", 1));
        assertThat(value(template(before), "WORKERPOOL_THREADS")).isEqualTo("1");

        String both = change.replaceFirst("}$", ", threads: 8}");

        assertThat(template(RELEASE, both, 3, before)).isEqualTo(newest(RELEASE, both, 3));
    }

    @ParameterizedTest
    @MethodSource("rolling")
    void takingBackWhatRollsRollsToo(String change) {
        Deployment before = next(RELEASE, "{threads: 8}", 2, stored(RELEASE, change, 1));

        assertThat(template(RELEASE, "{threads: 8}", 3, before)).isEqualTo(newest(RELEASE, "{threads: 8}", 2));
    }

    @Test
    void aWorkerThatStartsKnowsTheChannelAndWhichGenerationItsSettingsAreOf() {
        PodTemplateSpec template = newest(RELEASE, "{}", 7);

        assertThat(value(template, "WORKERPOOL_GENERATION")).isEqualTo("7");
        assertThat(value(template, "WORKERPOOL_CONTROL_KEY")).isEqualTo("a-key");
        assertThat(reference(template, "WORKERPOOL_NAMESPACE")).isEqualTo("metadata.namespace");
        assertThat(reference(template, "WORKERPOOL_POD_UID")).isEqualTo("metadata.uid");
    }

    @ParameterizedTest
    @MethodSource("live")
    void withoutAKeyEverySettingRolls(String change) {
        Deployment before = stored(KEYLESS, "{}", 1);
        boolean setting = !change.contains("replicas") && !change.contains("service");

        assertThat(template(KEYLESS, change, 2, before)).isEqualTo(newest(KEYLESS, change, 2));
        assertThat(template(KEYLESS, change, 2, before).equals(template(before)))
                .isNotEqualTo(setting);
    }

    @Test
    void aKeyThatComesGoesOrChangesRollsNothingByItself() {
        assertThat(template(RELEASE, "{}", 2, stored(KEYLESS, "{}", 1))).isEqualTo(newest(KEYLESS, "{}", 1));
        assertThat(template(KEYLESS, "{}", 2, stored(RELEASE, "{}", 1))).isEqualTo(newest(RELEASE, "{}", 1));
        assertThat(template(OTHER_KEY, "{}", 2, stored(RELEASE, "{}", 1))).isEqualTo(newest(RELEASE, "{}", 1));
    }

    @Test
    void podsThatDoNotTrustTheKeyTakeASettingOverByRolling() {
        String change = "{threads: 8}";

        assertThat(template(RELEASE, change, 2, stored(KEYLESS, "{}", 1))).isEqualTo(newest(RELEASE, change, 2));
        assertThat(template(KEYLESS, change, 2, stored(RELEASE, "{}", 1))).isEqualTo(newest(KEYLESS, change, 2));
        assertThat(template(OTHER_KEY, change, 2, stored(RELEASE, "{}", 1))).isEqualTo(newest(OTHER_KEY, change, 2));
    }

    @ParameterizedTest
    @ValueSource(strings = {"WORKERPOOL_THREADS", "WORKERPOOL_GENERATION", "WORKERPOOL_CONTROL_KEY"})
    void aSettingThatWasChangedByHandIsReplacedByTheNewest(String name) {
        Deployment before = next(RELEASE, "{threads: 8}", 2, stored(RELEASE, "{}", 1));
        Deployment changed = withVariable(before, name, "99");

        assertThat(template(RELEASE, "{threads: 8}", 2, changed)).isEqualTo(newest(RELEASE, "{threads: 8}", 2));
    }

    @Test
    void whatRollsAndWasChangedByHandIsPutBackToWhatItWas() {
        Deployment before = next(RELEASE, "{threads: 8}", 2, stored(RELEASE, "{}", 1));
        Deployment changed = withVariable(before, "WORKERPOOL_ISOLATION", "PerThread");

        assertThat(template(RELEASE, "{threads: 8}", 2, changed)).isEqualTo(template(before));
    }

    @Test
    void aDeploymentWithoutOurMarkKeepsItsPodsWhenNothingRolls() {
        Deployment unmarked = new DeploymentBuilder(stored(RELEASE, "{}", 1))
                .editMetadata()
                .withAnnotations(null)
                .endMetadata()
                .editSpec()
                .editTemplate()
                .editSpec()
                // As the API server fills it up.
                .withDnsPolicy("ClusterFirst")
                .endSpec()
                .endTemplate()
                .endSpec()
                .build();

        assertThat(template(RELEASE, "{threads: 8}", 2, unmarked)).isEqualTo(newest(RELEASE, "{}", 1));
        assertThat(template(RELEASE, "{threads: 8, image: own:1}", 2, unmarked))
                .isEqualTo(newest(RELEASE, "{threads: 8, image: own:1}", 2));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '>',
            value = {
                "{limits: {cpu: 1}} > {limits: {cpu: 2}}",
                "{requests: {cpu: 1}} > {requests: {cpu: 500m}}",
                "{limits: {cpu: 2}, requests: {cpu: 1}} > {limits: {cpu: 4}, requests: {cpu: 3}}",
                "{limits: {cpu: 1, memory: 1Gi}} > {limits: {cpu: 2, memory: 1Gi}}"
            })
    void anotherCpuLeavesTheTemplateAsItIsWhereThePodsCanBeResized(String from, String to) {
        Release resizing = RELEASE.resizingPods(true);
        Deployment before = stored(resizing, "{resources: " + from + "}", 1);
        String spec = "{resources: " + to + "}";

        assertThat(template(resizing, spec, 2, before)).isEqualTo(template(before));
        assertThat(template(RELEASE, spec, 2, before)).isEqualTo(newest(RELEASE, spec, 2));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '>',
            value = {
                "{} > {limits: {cpu: 2}}",
                "{limits: {cpu: 2}} > {}",
                "{limits: {cpu: 2}} > {requests: {cpu: 2}}",
                "{limits: {cpu: 1, memory: 1Gi}} > {limits: {cpu: 2, memory: 2Gi}}",
                "{limits: {cpu: 2, memory: 1Gi}} > {limits: {cpu: 2, memory: 1Gi}, requests: {cpu: 1}}"
            })
    void whatNoPodInPlaceCanBecomeRolls(String from, String to) {
        Release resizing = RELEASE.resizingPods(true);
        Deployment before = stored(resizing, "{resources: " + from + "}", 1);
        String spec = "{resources: " + to + "}";

        assertThat(template(resizing, spec, 2, before)).isEqualTo(newest(resizing, spec, 2));
    }

    @Test
    void theCpuCatchesUpWithTheNextChangeThatRolls() {
        Release resizing = RELEASE.resizingPods(true);
        String artifact = "tasks: {artifacts: [{image: jars:1}]}";
        Deployment before = stored(resizing, "{resources: {limits: {cpu: 1}}, " + artifact + "}", 1);
        Deployment resized = next(resizing, "{resources: {limits: {cpu: 2}}, " + artifact + "}", 2, before);
        assertThat(template(resized)).isEqualTo(template(before));
        String spec = "{image: own:1, resources: {limits: {cpu: 2}}, " + artifact + "}";

        assertThat(template(resizing, spec, 3, resized)).isEqualTo(newest(resizing, spec, 3));
    }

    @Test
    void theSecondLookFindsNothingMoreToDo() {
        Deployment first = next(RELEASE, "{threads: 8, config: {a: $(B)}}", 2, stored(RELEASE, "{}", 1));

        assertThat(next(RELEASE, "{threads: 8, config: {a: $(B)}}", 2, first)).isEqualTo(first);
    }

    private static Deployment stored(Release release, String spec, long generation) {
        return asRead(DesiredDeployment.of(pool(spec, generation), release, Optional.empty()));
    }

    private static Deployment next(Release release, String spec, long generation, Deployment present) {
        return asRead(DesiredDeployment.of(pool(spec, generation), release, Optional.of(present)));
    }

    private static Deployment asRead(Deployment deployment) {
        return Serialization.unmarshal(Serialization.asJson(deployment), Deployment.class);
    }

    private static PodTemplateSpec template(Release release, String spec, long generation, Deployment present) {
        return template(next(release, spec, generation, present));
    }

    private static PodTemplateSpec template(Deployment deployment) {
        return deployment.getSpec().getTemplate();
    }

    private static PodTemplateSpec newest(Release release, String spec, long generation) {
        return template(stored(release, spec, generation));
    }

    private static WorkerPool pool(String spec, long generation) {
        WorkerPool pool = Pools.pool(spec);
        pool.getMetadata().setGeneration(generation);
        return pool;
    }

    private static Deployment withVariable(Deployment deployment, String name, String value) {
        Deployment changed = asRead(deployment);
        variable(template(changed), name).setValue(value);
        return changed;
    }

    private static String value(PodTemplateSpec template, String name) {
        return variable(template, name).getValue();
    }

    private static String reference(PodTemplateSpec template, String name) {
        return variable(template, name).getValueFrom().getFieldRef().getFieldPath();
    }

    private static EnvVar variable(PodTemplateSpec template, String name) {
        return template.getSpec().getContainers().getFirst().getEnv().stream()
                .filter(variable -> variable.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** Of another mark the operator after an upgrade would think that somebody changed the template, and roll every pool. */
    @Test
    void theMarkOfATemplateIsTheSameInEveryVersion() {
        var pool = Pools.pool("""
                {threads: 3, config: {a: b}, env: [{name: A, value: ""}], labels: {x: y}, drain: {timeout: 5s},
                 resources: {requests: {cpu: 500m, memory: 1Gi}, limits: {cpu: "2"}}, tasks: {artifacts: [{image: jars}]}}""");
        var release = new Release("test", "worker:1", "system")
                .withControlKey(Optional.of("key"))
                .resizingPods(true);

        assertThat(DesiredDeployment.of(pool, release, Optional.empty())
                        .getMetadata()
                        .getAnnotations())
                .containsEntry("workerpool.dev/template", "9bbb17f131129efb/19b38ec422afc2ab");
    }
}
