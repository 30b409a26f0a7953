package dev.workerpool.operator.desired;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LiveSettingsTest {

    @Test
    void theMessageNamesEverySetting() throws JsonProcessingException {
        assertThat(message("""
                        threads: 4
                        queue: {capacity: 7, maxWait: 3s}
                        tasks: {timeout: 5s, maxAllocation: 1024Mi}
                        config: {quality: "80", a: $(B)}
                        """)).isEqualTo("""
                        {"generation":3,"threads":4,"queue":{"capacity":7,"maxWait":"3s"},\
                        "tasks":{"timeout":"5s","maxAllocation":"1Gi"},"config":{"a":"$(B)","quality":"80"}}""");
    }

    @Test
    void theMessageTakesBackWhatIsNoMore() throws JsonProcessingException {
        assertThat(message("{}")).contains("\"maxAllocation\":null").contains("\"config\":{}");
    }

    @Test
    void threadsFollowTheCpuWhenTheyAreNotGiven() throws JsonProcessingException {
        assertThat(message("{resources: {limits: {cpu: 2500m}}}")).contains("\"threads\":3");
    }

    @ParameterizedTest
    @CsvSource({
        // Asked for, given, threads
        "'limits: {cpu: 4}', 'limits: {cpu: 2}', 2",
        "'limits: {cpu: 4}', 'limits: {cpu: 1500m}', 2",
        "'requests: {cpu: 4}', 'requests: {cpu: 2}', 2",
        // A limit that the cluster put there is nobody's wish for threads.
        "'requests: {cpu: 4}', 'requests: {cpu: 4}, limits: {cpu: 8}', 4",
        "'', 'limits: {cpu: 8}', 1",
        // A pod that is to be replaced.
        "'limits: {cpu: 4}', 'requests: {cpu: 2}', 4",
    })
    void threadsThatFollowTheCpuAreThoseForWhatTheNodeHasGiven(String asked, String given, int threads) {
        Cpu cpu = Cpu.in(Serialization.unmarshal("---\n{" + given + "}", ResourceRequirements.class));

        assertThat(LiveSettings.of(Pools.pool("{resources: {" + asked + "}}"), cpu)
                        .threads())
                .isEqualTo(threads);
        assertThat(LiveSettings.of(Pools.pool("{threads: 3, resources: {" + asked + "}}"), cpu)
                        .threads())
                .isEqualTo(3);
    }

    private static String message(String spec) throws JsonProcessingException {
        return new ObjectMapper()
                .writeValueAsString(LiveSettings.of(Pools.pool(spec)).message(3));
    }
}
