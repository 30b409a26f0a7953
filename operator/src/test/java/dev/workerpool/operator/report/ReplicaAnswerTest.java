package dev.workerpool.operator.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workerpool.operator.status.Load;
import dev.workerpool.operator.status.PastDeath;
import dev.workerpool.operator.status.SettingsInForce;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplicaAnswerTest {

    @Test
    void partsWhatWakesThePoolFromTheNumbers() throws IOException {
        ReplicaAnswer answer = parse("""
                {"version":"1","threads":[{"id":1,"state":"Active"},{"id":2,"state":"Idle"}],"active":1,"queued":3,
                 "rejected":{"queue-full":4,"draining":1},
                 "artifacts":[{"jar":"a.jar","state":"Loaded","tasks":["a"]}]}""");
        ReplicaAnswer busier = parse("""
                {"version":"1","threads":[{},{}],"active":2,"queued":9,"rejected":{"queue-full":7},
                 "artifacts":[{"jar":"a.jar","state":"Loaded","tasks":["a"]}]}""");

        assertThat(answer.load()).isEqualTo(new Load(2, 1, 3));
        assertThat(answer.rejected()).isEqualTo(5);
        assertThat(busier.report()).isEqualTo(answer.report());
    }

    @Test
    void tellsWhatCameAndWentSinceTheAnswerBefore() throws IOException {
        ReplicaAnswer before = parse("{\"completed\":10,\"rejected\":{\"queue-full\":4,\"wait-exceeded\":1}}");
        ReplicaAnswer now = parse("""
                {"active":2,"completed":16,
                 "rejected":{"queue-full":6,"wait-exceeded":2,"draining":3,"task-refused":9,"buffer-full":9,"runs-full":9}}""");

        assertThat(now.load()).isEqualTo(new Load(0, 2, 0));
        assertThat(now.since(before).load()).isEqualTo(new Load(0, 2, 0, 6, 3));
        assertThat(before.since(now).load()).as("of another worker").isEqualTo(new Load(0, 0, 0));
    }

    @Test
    void takesThreadsThatAReplicaIsRefusedForPartOfItsSettings() throws IOException {
        ReplicaAnswer answer =
                parse("{\"generation\":3,\"settings\":{\"threads\":4},\"threads\":[{},{}],\"threadsMissing\":2}");

        assertThat(answer.settings()).contains(new SettingsInForce(3, 4, 2));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 5, Integer.MIN_VALUE, Integer.MAX_VALUE})
    void noMoreThreadsAreMissingThanThereAreToBe(int missing) throws IOException {
        ReplicaAnswer answer =
                parse("{\"generation\":3,\"settings\":{\"threads\":4},\"threadsMissing\":%d}".formatted(missing));

        assertThat(answer.settings()).contains(new SettingsInForce(3, 4, missing < 0 ? 0 : 4));
    }

    @Test
    void takesWhatIsNotToldForNothing() throws IOException {
        assertThat(parse("{}").load()).isEqualTo(Load.NONE);
        assertThat(parse("{}").rejected()).isZero();
    }

    @Test
    void takesTheDeathsBeforeForNews() throws IOException {
        ReplicaAnswer answer = parse("""
                {"restarts":2,"deaths":[null,{"restart":2,"exitCode":137,"cause":"oom","at":"2026-01-01T00:00:30.100Z","executing":["hold"],"more":1},
                 {"restart":3,"exitCode":137,"at":"soon"}]}""");

        assertThat(answer.report().deaths())
                .containsExactly(new PastDeath(2, 137, "oom", "2026-01-01T00:00:30.100Z", List.of("hold")));
        assertThat(answer.report().restarts()).isEqualTo(2);
        assertThat(parse("{}").report().restarts()).isZero();
    }

    @Test
    void takesWhatIsNotInForceForNews() throws IOException {
        ReplicaAnswer answer = parse("""
                {"access":{"tls":{"names":["a"]},"tokens":1,
                           "notInForce":[null,"/etc/workerpool/tokens: tokens, line 1: too short"]}}""");

        assertThat(answer.report().access().notInForce())
                .containsExactly("/etc/workerpool/tokens: tokens, line 1: too short");
        assertThat(parse("{}").report().access().notInForce()).isEmpty();
        assertThat(parse("{\"access\":{\"tokens\":1}}").report().access().notInForce())
                .isEmpty();
    }

    @Test
    void keepsNoMoreOfItThanAReplicaHasToSay() throws IOException {
        String deaths = IntStream.rangeClosed(1, 1000)
                .mapToObj(restart ->
                        "{\"restart\":%d,\"cause\":\"%s\",\"at\":\"2026-01-01T00:00:30Z\",\"executing\":[%s]}"
                                .formatted(restart, "c".repeat(1000), "\"hold\",\"No type\",".repeat(600) + "null"))
                .limit(20)
                .collect(Collectors.joining(","));
        String artifacts = ("{\"jar\":\"%1$s\",\"state\":\"Failed\",\"reason\":\"%1$s\"},".formatted("j".repeat(5000)))
                .repeat(300);

        ReplicaReport report = parse("{\"version\":\"%s\",\"deaths\":[%s],\"artifacts\":[%snull]}"
                        .formatted("1".repeat(5000), deaths, artifacts))
                .report();

        assertThat(report.version()).hasSizeLessThan(2000);
        assertThat(report.deaths())
                .extracting(PastDeath::restart)
                .containsExactly(11, 12, 13, 14, 15, 16, 17, 18, 19, 20);
        assertThat(report.deaths()).allSatisfy(death -> {
            assertThat(death.executing()).hasSize(512).containsOnly("hold");
            assertThat(death.cause()).hasSizeLessThan(100);
        });
        assertThat(report.artifacts()).hasSize(256).allSatisfy(artifact -> {
            assertThat(artifact.jar()).hasSizeLessThan(2000);
            assertThat(artifact.reason()).hasSizeLessThan(2000);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "null", "\"a\"", "<html>", "{\"active\":"})
    void refusesWhatNoReplicaAnswers(String answer) {
        assertThatThrownBy(() -> parse(answer)).isInstanceOf(IOException.class);
    }

    private static ReplicaAnswer parse(String json) throws IOException {
        return ReplicaAnswer.parse(json.getBytes(StandardCharsets.UTF_8));
    }
}
