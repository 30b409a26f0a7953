package dev.workerpool.operator.runtime;

import io.fabric8.kubernetes.client.Config;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

/** Ties this process's one candidate, and its heap, to the life of the process. */
@ApplicationScoped
class OperatorRuntime {

    private final Candidate candidate;
    private final IdleHeap heap = new IdleHeap();

    OperatorRuntime(Settings settings, PrometheusMeterRegistry meters) {
        this.candidate = new Candidate(Config.autoConfigure(null), settings, meters);
    }

    void onStart(@Observes StartupEvent event) {
        candidate.start();
        heap.start();
    }

    void onStop(@Observes ShutdownEvent event) {
        candidate.close();
        heap.close();
    }

    Candidate candidate() {
        return candidate;
    }
}
