package dev.workerpool.operator.desired;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

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

    private static String message(String spec) throws JsonProcessingException {
        return new ObjectMapper()
                .writeValueAsString(LiveSettings.of(Pools.pool(spec)).message(3));
    }
}
