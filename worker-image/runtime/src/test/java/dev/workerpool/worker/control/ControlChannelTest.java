package dev.workerpool.worker.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.workerpool.worker.control.ControlRefusedException.Reason;
import dev.workerpool.worker.pool.LiveSettings;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What messages change, and what is wrong with some. */
class ControlChannelTest extends ControlFixture {
    @Test
    void putsWhatItIsToldInForceAndKeepsTheRest() throws Exception {
        LiveSettings inForce = send(BODY);

        assertThat(inForce).isEqualTo(pool.live());
        assertThat(inForce.generation()).isEqualTo(7);
        assertThat(inForce.threads()).isEqualTo(2);
        assertThat(inForce)
                .usingRecursiveComparison()
                .ignoringFields("generation", "threads")
                .isEqualTo(INITIAL);
    }

    @Test
    void takesEveryFieldOfAMessage() throws Exception {
        send("""
                {"generation":8,"threads":4,"queue":{"capacity":0,"maxWait":"500ms"},
                 "tasks":{"timeout":"2m","maxAllocation":"512Mi"},"drain":{"timeout":"1h"},"config":{"a":"ü"}}""");

        assertThat(pool.live())
                .isEqualTo(new LiveSettings(
                        8,
                        4,
                        0,
                        Duration.ofMillis(500),
                        Duration.ofMinutes(2),
                        512L << 20,
                        Duration.ofHours(1),
                        Map.of("a", "ü")));
    }

    @Test
    void liftsTheAllocationLimitByNull() throws Exception {
        send("{\"generation\":7,\"tasks\":{\"maxAllocation\":\"1Gi\"}}");
        assertThat(send("{\"generation\":8,\"tasks\":{}}").maxAllocation()).isEqualTo(1L << 30);
        assertThat(send("{\"generation\":9,\"tasks\":{\"maxAllocation\":null}}").maxAllocation())
                .isZero();
    }

    @Test
    void takesTheSameGenerationAgainButNoOlderOne() throws Exception {
        send(BODY);
        assertThat(send("{\"generation\":7,\"threads\":3}").threads()).isEqualTo(3);

        var stale =
                catchThrowableOfType(StaleGenerationException.class, () -> send("{\"generation\":6,\"threads\":4}"));

        assertThat(stale).hasMessage("Generation 6 is older than 7, which is in force");
        assertThat(pool.live().threads()).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "``                                       | body must be a JSON object",
                "[]                                       | body must be a JSON object",
                "null                                     | body must be a JSON object",
                "{                                        | body must be a JSON object: Unexpected end-of-input",
                "{} x                                     | body must be a JSON object: Unrecognized token 'x'",
                "{\"generation\":7,\"generation\":8}      | body must be a JSON object: Duplicate field 'generation'",
                "{\"threads\":2}                          | generation is missing",
                "{\"generation\":-1}                      | generation must be a whole number from 0 to 9223372036854775807",
                "{\"generation\":9223372036854775808}     | generation must be a whole number from 0 to 9223372036854775807",
                "{\"generation\":\"7\"}                   | generation must be a whole number from 0 to 9223372036854775807",
                "{\"generation\":null}                    | generation must be a whole number from 0 to 9223372036854775807",
                "{\"generation\":7,\"threads\":0}         | threads must be a whole number from 1 to 512",
                "{\"generation\":7,\"threads\":513}       | threads must be a whole number from 1 to 512",
                "{\"generation\":7,\"threads\":4294967297} | threads must be a whole number from 1 to 512",
                "{\"generation\":7,\"threads\":2.0}       | threads must be a whole number from 1 to 512",
                "{\"generation\":7,\"threads\":true}      | threads must be a whole number from 1 to 512",
                "{\"generation\":7,\"queue\":5}           | queue must be a JSON object",
                "{\"generation\":7,\"queue\":null}        | queue must be a JSON object",
                "{\"generation\":7,\"queue\":{\"capacity\":100001}}    | queue.capacity must be a whole number from 0 to 100000",
                "{\"generation\":7,\"queue\":{\"maxWait\":10}}         | queue.maxWait must be a duration from 0s to 1h",
                "{\"generation\":7,\"queue\":{\"maxWait\":\"61m\"}}    | queue.maxWait must be a duration from 0s to 1h",
                "{\"generation\":7,\"queue\":{\"size\":1}}             | queue.size is unknown; known are capacity, maxWait",
                "{\"generation\":7,\"tasks\":{\"timeout\":\"0s\"}}     | tasks.timeout must be a duration from 1ms to 24h",
                "{\"generation\":7,\"tasks\":{\"timeout\":null}}       | tasks.timeout must be a duration from 1ms to 24h",
                "{\"generation\":7,\"tasks\":{\"maxAllocation\":\"1Ki\"}} | tasks.maxAllocation must be a number of bytes from 1Mi to 1Ti",
                "{\"generation\":7,\"tasks\":{\"maxAllocation\":0}}    | tasks.maxAllocation must be a number of bytes from 1Mi to 1Ti",
                "{\"generation\":7,\"drain\":{\"timeout\":\"forever\"}} | drain.timeout must be a duration from 0s to 1h",
                "{\"generation\":7,\"drain\":{\"delay\":\"1s\"}}       | drain.delay is unknown; known are timeout",
                "{\"generation\":7,\"config\":{\"a\":1}}  | config must be a JSON object of strings",
                "{\"generation\":7,\"config\":null}       | config must be a JSON object of strings",
                "{\"generation\":7,\"replicas\":2}        | replicas is unknown; known are answer, config, drain, generation",
            })
    void namesFieldAndRuleAndChangesNothing(String body, String complaint) {
        var invalid = catchThrowableOfType(InvalidMessageException.class, () -> send(body));

        assertThat(invalid).isNotNull();
        assertThat(invalid).hasMessageStartingWith(complaint);
        assertThat(invalid.violations()).hasSize(1);
        assertThat(pool.live()).isEqualTo(INITIAL);
    }

    @Test
    void putsASectionOfSomebodyElseInForceTogetherWithItsOwn() throws Exception {
        send("{\"generation\":7,\"threads\":2,\"answer\":42}");

        assertThat(answer).isEqualTo(42);
        assertThat(pool.live().threads()).isEqualTo(2);
    }

    @Test
    void changesNothingWhenOneOfTheSectionsCannotBeUsed() {
        assertThat(catchThrowableOfType(
                        InvalidMessageException.class, () -> send("{\"generation\":7,\"threads\":0,\"answer\":42}")))
                .hasMessage("threads must be a whole number from 1 to 512");
        assertThat(catchThrowableOfType(
                        InvalidMessageException.class, () -> send("{\"generation\":7,\"threads\":2,\"answer\":41}")))
                .hasMessage("answer must be 42");

        assertThat(answer).isZero();
        assertThat(pool.live()).isEqualTo(INITIAL);
    }

    @Test
    void complainsOfEverythingAtOnce() {
        var invalid = catchThrowableOfType(
                InvalidMessageException.class,
                () -> send("{\"threads\":0,\"queue\":{\"capacity\":-1,\"x\":1},\"y\":1,\"config\":[]}"));

        assertThat(invalid.violations())
                .extracting(InvalidMessageException.Violation::field)
                .containsExactlyInAnyOrder("y", "queue.x", "generation", "threads", "queue.capacity", "config");
    }

    @Test
    void rehearsesWithoutAnythingBeingSeenOfIt() throws Exception {
        channel.rehearse();

        assertThat(counted(Reason.SIGNATURE)).isZero();
        assertThat(pool.live()).isEqualTo(INITIAL);
        assertThat(send(BODY).generation()).isEqualTo(7);
    }

    @Test
    void describesSettingsInTheFormInWhichTheyCome() throws Exception {
        String body = "{\"generation\":7,\"threads\":2,\"queue\":{\"capacity\":9,\"maxWait\":\"1500ms\"},"
                + "\"tasks\":{\"timeout\":\"90s\",\"maxAllocation\":\"1536Mi\"},\"drain\":{\"timeout\":\"0s\"},"
                + "\"config\":{\"a\":\"b\"}}";
        var described = SettingsDescription.of(send(body));

        assertThat(new com.fasterxml.jackson.databind.json.JsonMapper().writeValueAsString(described))
                .isEqualTo(body);
    }
}
