package dev.workerpool.operator.desired;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.api.v1alpha1.WorkerPoolSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AmountsTest {

    @ParameterizedTest
    @CsvSource({
        "1000m, 1",
        "500m, 500m",
        "0.5, 500m",
        "1.5, 1500m",
        "2, 2",
        "1e3, 1k",
        "2000000m, 2k",
        "0.0001, 1m",
        "10, 10",
    })
    void writesCpuAsTheApiServerDoes(String given, String canonical) {
        assertThat(Amounts.cpu(Quantity.parse(given))).hasToString(canonical);
    }

    @ParameterizedTest
    @CsvSource({
        "1024Mi, 1Gi",
        "512Mi, 512Mi",
        "0.5Gi, 512Mi",
        "1000Mi, 1000Mi",
        "1G, 1G",
        "100000000, 100M",
        "1536Mi, 1536Mi",
        "33554432, 32Mi",
        "40000000500m, 40000001",
        "1e9, 1G",
    })
    void writesBytesAsTheApiServerDoes(String given, String canonical) {
        assertThat(Amounts.bytes(Quantity.parse(given))).hasToString(canonical);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}                                                       | 1",
                "{threads: 4, resources: {limits: {cpu: 2}}}              | 4",
                "{resources: {limits: {cpu: 2}, requests: {cpu: 1}}}      | 2",
                "{resources: {limits: {cpu: 1500m}}}                      | 2",
                "{resources: {limits: {cpu: 100m}}}                       | 1",
                "{resources: {requests: {cpu: '2.1'}}}                    | 3",
                "{resources: {limits: {memory: 1Gi}}}                     | 1",
                "{resources: {limits: {cpu: 4k}}}                         | 512",
            })
    void derivesThreadsFromCpu(String spec, int threads) {
        WorkerPoolSpec pool = Pools.pool(spec).getSpec();

        assertThat(Amounts.threads(pool.threads(), pool.resources())).isEqualTo(threads);
    }

    @Test
    void asksForNothingByDefault() {
        var requirements = Amounts.requirements(Pools.pool().getSpec().resources());

        assertThat(requirements.getLimits()).isEmpty();
        assertThat(requirements.getRequests()).isEmpty();
    }
}
