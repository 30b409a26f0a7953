package dev.workerpool.bench.poolrows;

import dev.workerpool.bench.cluster.Cluster;
import dev.workerpool.bench.cluster.Replicas;
import dev.workerpool.bench.figures.Report;
import dev.workerpool.bench.load.Client;
import dev.workerpool.bench.load.Client.Answer;
import dev.workerpool.bench.load.OpenLoop.Call;
import java.io.IOException;

/** One question. Starts the pools it needs, adds its figures to the report, and leaves nothing running. */
public interface PoolRow {
    /**
     * What a row measures with.
     *
     * @param quick less of everything: for a look, not for a verdict
     */
    record Lab(Cluster cluster, Report report, boolean quick) {
        /** @return how often something that takes its time is repeated */
        int times(int often) {
            return quick ? 3 : often;
        }

        /** @throws IllegalStateException when the pool does not answer this with 200 */
        void confirm(Replicas replicas, Call call) throws IOException {
            try (Client client = replicas.connect()) {
                Answer answer = client.post(call.path(), call.json());
                if (answer.status() != 200) {
                    throw new IllegalStateException(replicas.name() + " answers " + call + " with " + answer);
                }
            }
        }
    }

    String name();

    void measure(Lab lab) throws Exception;
}
